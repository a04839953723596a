# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
"""schema.py SCHEMAS FOLDER: hold what the files in FOLDER have against the schemas in the folder SCHEMAS.

The first line of a file is the schema's name and the command; the others are what that command printed, a
document a line.  Says which do not fit, with the place in the document, but with no value: it may be a secret.
"""
import json
import pathlib
import sys
import warnings

warnings.simplefilter("ignore", DeprecationWarning)  # newer versions resolve references in another way
import jsonschema  # noqa: E402


def load(path):
    schema = json.loads(path.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema, resolver=jsonschema.RefResolver(path.as_uri(), schema))


def faults(validator, line):
    try:
        document = json.loads(line)
    except ValueError as error:
        yield f"not JSON: {error}"
        return
    for error in validator.iter_errors(document):
        place = "/".join(map(str, error.absolute_path))
        rule = "/".join(map(str, error.absolute_schema_path))
        extra = set(error.instance) - set(error.schema["properties"]) if error.validator == "additionalProperties" and \
            "properties" in error.schema else ""
        yield f"/{place}: does not fit {rule} {extra or ''}".rstrip()


def main():
    schemas = {path.stem: load(path) for path in pathlib.Path(sys.argv[1]).resolve().glob("*.json")}
    bad = 0
    for path in sorted(pathlib.Path(sys.argv[2]).iterdir()):
        first, *lines = path.read_text().splitlines()
        name, command = first.split(" ", 1)
        if not lines:
            print(f"{command}: printed nothing")
            bad += 1
        for line in lines:
            for fault in faults(schemas[name], line):
                print(f"{command}: {name}.json: {fault}")
                bad += 1
    return bad > 0


sys.exit(main())
