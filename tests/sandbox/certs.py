# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# Makes the sandbox's CA and its good and bad server certificates with the openssl command.
import datetime
import os
import secrets
import subprocess

VARIANTS = ("good", "expired", "wrong-host", "self-signed", "other-ca")
GOOD_NAMES = "DNS:localhost,IP:127.0.0.1"

CONFIG = """\
[req]
distinguished_name = name
prompt = no
[name]
CN = {cn}
[ca_cert]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[ca]
default_ca = issue
[issue]
database = index.txt
serial = serial
new_certs_dir = .
default_md = sha256
policy = any
unique_subject = no
x509_extensions = server_cert
[any]
commonName = supplied
[server_cert]
basicConstraints = CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = serverAuth,clientAuth
subjectAltName = {names}
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
"""


class CertError(Exception):
    """A certificate could not be made; the text says why."""


def _openssl(folder, *args):
    try:
        subprocess.run(("openssl",) + args, cwd=folder, check=True, stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    except FileNotFoundError:
        raise CertError("the openssl command is needed to make certificates") from None
    except subprocess.CalledProcessError as error:
        why = error.stderr.decode(errors="replace").strip()
        raise CertError(f"openssl {args[0]} failed: {why}") from None


def _write(folder, name, text):
    with open(os.path.join(folder, name), "w", encoding="ascii") as file:
        file.write(text)


def _make_ca(folder, stem, cn):
    """STEM.pem and STEM.key, unless both are there already: a restart keeps its CA."""
    if all(os.path.exists(os.path.join(folder, stem + end)) for end in (".pem", ".key")):
        return
    _write(folder, "openssl.cnf", CONFIG.format(cn=cn, names=GOOD_NAMES))
    _openssl(folder, "req", "-config", "openssl.cnf", "-x509", "-extensions", "ca_cert",
             "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "3650",
             "-keyout", stem + ".key", "-out", stem + ".pem")


def _time(days):
    when = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)
    return when.strftime("%Y%m%d%H%M%SZ")


def issue(folder, stem, variant, name="localhost", names=GOOD_NAMES):
    """STEM.pem and STEM.key for NAME; `openssl ca` because it can set past dates."""
    if variant == "wrong-host":
        name, names = "other.example", "DNS:other.example"
    first, last = (-30, -1) if variant == "expired" else (-1, 30)
    _write(folder, "openssl.cnf", CONFIG.format(cn=name, names=names))
    _write(folder, "index.txt", "")
    _write(folder, "serial", secrets.token_hex(16) + "\n")
    _openssl(folder, "req", "-config", "openssl.cnf", "-new", "-newkey", "ec", "-pkeyopt",
             "ec_paramgen_curve:P-256", "-nodes", "-keyout", stem + ".key", "-out", stem + ".csr")
    if variant == "self-signed":
        signer = ("-selfsign", "-keyfile", stem + ".key")
    else:
        ca = "other-ca" if variant == "other-ca" else "ca"
        signer = ("-cert", ca + ".pem", "-keyfile", ca + ".key")
    _openssl(folder, "ca", "-config", "openssl.cnf", "-batch", "-notext", *signer,
             "-startdate", _time(first), "-enddate", _time(last),
             "-in", stem + ".csr", "-out", stem + ".pem")


def make_cas(folder):
    """The CA that clients trust, and one that they do not."""
    os.makedirs(folder, mode=0o700, exist_ok=True)
    _make_ca(folder, "ca", "fob sandbox CA")
    _make_ca(folder, "other-ca", "another CA")


def make(folder, variant):
    """Makes all in FOLDER; returns (chain, key) of the main and of the other listener."""
    make_cas(folder)
    pairs = []
    for stem, kind in (("server", variant), ("elsewhere", "good")):
        issue(folder, stem, kind)
        pairs.append(tuple(os.path.join(folder, stem + end) for end in (".pem", ".key")))
    return pairs
