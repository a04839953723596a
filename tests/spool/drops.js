// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The fob authors
//
// Drops and names after fob-hub-spool(5) and RFC 9180 alone, over node's own cryptography; or, with FOB_TEST_HPKE
// naming a folder with node_modules, HPKE by @hpke/core.
//
//   node drops.js names TOKEN BODY STATE NONCE       the hash, two drops, the browser, the token's text
//   node drops.js seal PUBLIC ID DROP NAME=VALUE...  the drop goes to standard output
//   node drops.js open PRIVATE ID DROP               the drop comes from standard input
"use strict";
const crypto = require("node:crypto");

const hex = (text) => Buffer.from(text, "hex");
const sha256 = (...parts) => crypto.createHash("sha256").update(Buffer.concat(parts.map((p) => Buffer.from(p)))).digest();

// HKDF, RFC 5869, of at most one hash; labels as in RFC 9180, section 4.
const hmac = (key, text) => crypto.createHmac("sha256", key).update(text).digest();
const VERSION = Buffer.from("HPKE-v1");
const KEM = Buffer.concat([Buffer.from("KEM"), hex("0020")]);
const HPKE = Buffer.concat([Buffer.from("HPKE"), hex("002000010002")]);
const extract = (suite, salt, label, ikm) =>
    hmac(salt.length ? salt : Buffer.alloc(32), Buffer.concat([VERSION, suite, Buffer.from(label), ikm]));
const expand = (suite, prk, label, info, size) =>
    hmac(prk, Buffer.concat([Buffer.from([0, size]), VERSION, suite, Buffer.from(label), info, Buffer.from([1])])).subarray(0, size);

const PKCS8 = hex("302e020100300506032b656e04220420");
const SPKI = hex("302a300506032b656e032100");
const privateKey = (raw) => crypto.createPrivateKey({ key: Buffer.concat([PKCS8, raw]), format: "der", type: "pkcs8" });
const publicKey = (raw) => crypto.createPublicKey({ key: Buffer.concat([SPKI, raw]), format: "der", type: "spki" });
const rawPublic = (key) => crypto.createPublicKey(key).export({ format: "der", type: "spki" }).subarray(12);

function schedule(agreed, enc, recipient, info) {
    const none = Buffer.alloc(0);
    const shared = expand(KEM, extract(KEM, none, "eae_prk", agreed), "shared_secret", Buffer.concat([enc, recipient]), 32);
    const context = Buffer.concat([Buffer.from([0]), extract(HPKE, none, "psk_id_hash", none),
        extract(HPKE, none, "info_hash", info)]);
    const secret = extract(HPKE, shared, "secret", none);
    return [expand(HPKE, secret, "key", context, 32), expand(HPKE, secret, "base_nonce", context, 12)];
}

const own = {
    async seal(recipient, info, aad, plain) {
        const key = crypto.generateKeyPairSync("x25519").privateKey;
        const enc = rawPublic(key);
        const agreed = crypto.diffieHellman({ privateKey: key, publicKey: publicKey(recipient) });
        const cipher = crypto.createCipheriv("aes-256-gcm", ...schedule(agreed, enc, recipient, info)).setAAD(aad);
        return Buffer.concat([enc, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    },
    async open(raw, info, aad, sealed) {
        const key = privateKey(raw);
        const enc = sealed.subarray(0, 32);
        const agreed = crypto.diffieHellman({ privateKey: key, publicKey: publicKey(enc) });
        const cipher = crypto.createDecipheriv("aes-256-gcm", ...schedule(agreed, enc, rawPublic(key), info))
            .setAAD(aad).setAuthTag(sealed.subarray(-16));
        return Buffer.concat([cipher.update(sealed.subarray(32, -16)), cipher.final()]);
    },
};

function oracle(folder) {
    const require = module.require("node:module").createRequire(`${folder}/package.json`);
    const { Aes256Gcm, CipherSuite, HkdfSha256 } = require("@hpke/core");
    const { DhkemX25519HkdfSha256 } = require("@hpke/dhkem-x25519");
    const suite = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
    // Only a buffer of its own.
    const buffer = (bytes) => new Uint8Array(bytes).buffer;
    return {
        async seal(recipient, info, aad, plain) {
            const recipientPublicKey = await suite.kem.deserializePublicKey(buffer(recipient));
            const sender = await suite.createSenderContext({ recipientPublicKey, info: buffer(info) });
            const text = await sender.seal(buffer(plain), buffer(aad));
            return Buffer.concat([Buffer.from(sender.enc), Buffer.from(text)]);
        },
        async open(raw, info, aad, sealed) {
            const recipientKey = await suite.kem.deserializePrivateKey(buffer(raw));
            const enc = buffer(sealed.subarray(0, 32));
            const recipient = await suite.createRecipientContext({ recipientKey, enc, info: buffer(info) });
            return Buffer.from(await recipient.open(buffer(sealed.subarray(32)), buffer(aad)));
        },
    };
}

const header = (id) => Buffer.concat([Buffer.from("fobdrop1"), hex(id)]);
const infoOf = (id) => Buffer.concat([Buffer.from("fob drop 1"), hex(id)]);
const aadOf = (id, drop) => Buffer.concat([header(id), hex(drop)]);

function writeEntries(entries) {
    const parts = entries.map((entry) => {
        const [name, value] = [entry.slice(0, entry.indexOf("=")), hex(entry.slice(entry.indexOf("=") + 1))];
        const size = Buffer.alloc(4);
        size.writeUInt32BE(value.length);
        return Buffer.concat([Buffer.from([name.length]), Buffer.from(name), size, value]);
    });
    const all = Buffer.concat(parts);
    return Buffer.concat([all, Buffer.alloc((4096 - all.length % 4096) % 4096)]);
}

function* readEntries(plain) {
    let at = 0;
    while (at < plain.length && plain[at] !== 0) {
        const name = plain.subarray(at + 1, at + 1 + plain[at]).toString();
        at += 1 + plain[at];
        const size = plain.readUInt32BE(at);
        yield [name, plain.subarray(at + 4, at + 4 + size)];
        at += 4 + size;
    }
    if (plain.subarray(at).some((byte) => byte !== 0))
        throw new Error("the padding is not zero");
}

async function main([what, ...args]) {
    const hpke = process.env.FOB_TEST_HPKE ? oracle(process.env.FOB_TEST_HPKE) : own;
    if (what === "names") {
        const [token, body, state, nonce] = args;
        console.log(sha256("fob invitation", hex(token)).toString("hex"));
        console.log(sha256("fob form", hex(token), sha256(body)).toString("hex").slice(0, 32));
        console.log(sha256("fob callback", state).toString("hex").slice(0, 32));
        console.log(sha256("fob browser", hex(nonce)).toString("hex"));
        console.log(hex(token).toString("base64url"));
    } else if (what === "seal") {
        const [recipient, id, drop, ...entries] = args;
        const sealed = await hpke.seal(hex(recipient), infoOf(id), aadOf(id, drop), writeEntries(entries));
        process.stdout.write(Buffer.concat([header(id), sealed]));
    } else if (what === "open") {
        const [key, id, drop] = args;
        const file = require("node:fs").readFileSync(0);
        if (!file.subarray(0, 24).equals(header(id)))
            throw new Error("another header");
        for (const [name, value] of readEntries(await hpke.open(hex(key), infoOf(id), aadOf(id, drop), file.subarray(24))))
            console.log(`${name}=${name === "kind" ? value : value.toString("hex")}`);
    } else {
        throw new Error(`${what}?`);
    }
}

main(process.argv.slice(2)).catch((error) => {
    console.error(String(error));
    process.exitCode = 1;
});
