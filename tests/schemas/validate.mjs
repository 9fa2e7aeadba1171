// Validates the documents of a folder: *.asyncapi.json with the official parser, their examples against their
// schemas with ajv (the parser does so for version 2 only); *.openapi.json with a validator of the OpenAPI schema.
// Exit code 1 for any error or warning, but for the warnings that bars.md's own form of 2.4.0 draws.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Parser, fromFile } from "@asyncapi/parser";
import Ajv from "ajv";
import { Validator } from "@seriousme/openapi-schema-validator";

const KINDS = ["error", "warning", "information", "hint"];
const DOCUMENTED_FORM = new Set([
  "asyncapi-latest-version",
  "asyncapi-servers",
  "asyncapi-id",
  "asyncapi-info-contact",
  "asyncapi-info-license",
  "asyncapi2-tags",
]);

async function asyncapi(path) {
  const { document, diagnostics } = await fromFile(new Parser(), path).parse();
  const old = document?.version() === "2.4.0";
  const problems = diagnostics
    .filter((one) => !(old && DOCUMENTED_FORM.has(one.code)))
    .map((one) => `${KINDS[one.severity]} ${one.path.join("/")}: ${one.message}`);
  if (!document) return [...problems, "no document"];
  const messages = document.allMessages().all();
  const examples = messages.reduce((count, message) => count + message.examples().length, 0);
  console.log(`  AsyncAPI ${document.version()}, ${messages.length} messages, ${examples} examples`);
  return [...problems, ...messages.flatMap(examplesOf)];
}

function examplesOf(message) {
  const valid = new Ajv({ strict: false, allErrors: true }).compile(message.payload().json());
  const examples = message.examples().all();
  if (!examples.length) return [`${message.id()}: no example`];
  return examples
    .filter((example) => !valid(example.payload()))
    .map((example) => `${message.id()}, example ${example.name()}: ${JSON.stringify(valid.errors)}`);
}

async function openapi(path) {
  const document = JSON.parse(readFileSync(path, "utf8"));
  const result = await new Validator().validate(document);
  if (!result.valid) return [JSON.stringify(result.errors, null, 1)];
  console.log(`  OpenAPI ${document.openapi}, ${Object.keys(document.paths).length} paths`);
  return [];
}

const folder = process.argv[2];
let failed = 0;
let seen = 0;
for (const name of readdirSync(folder).sort()) {
  const check = name.endsWith(".asyncapi.json") ? asyncapi : name.endsWith(".openapi.json") ? openapi : null;
  if (!check) continue;
  seen += 1;
  console.log(name);
  for (const problem of await check(join(folder, name))) {
    failed += 1;
    console.log(`  ${problem}`);
  }
}
console.log(failed ? `${failed} problems` : `${seen} documents are valid`);
process.exit(failed || !seen ? 1 : 0);
