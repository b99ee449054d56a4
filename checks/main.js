/**
 * npm run check [-- NAME…]: what the source has to keep beside its tests: every script "check:NAME" of package.json, or
 * those named. One line a check, with what is wrong below it; exit code 1 when anything is. "package" reads what
 * `npm run build` has made.
 */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { root } from "./sources.js";

const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const names = Object.keys(scripts).flatMap((name) => /^check:(.+)$/.exec(name)?.[1] ?? []);
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`check: expected some of ${names.join(", ")}, got ${unknown.join(", ")}`);
  process.exit(2);
}

/** Exit code of a check, and all that it said. */
const run = (name) =>
  new Promise((resolve) => {
    const env = { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0" };
    const child = spawn(`npm run -s check:${name}`, { cwd: root, shell: true, env });
    let text = "";
    child.stdout.on("data", (data) => (text += data));
    child.stderr.on("data", (data) => (text += data));
    child.on("close", (code) => resolve({ code, text: text.trim() }));
  });

// As many at a time as there are processors; told in their order.
const chosen = asked.length > 0 ? asked : names;
const results = new Map();
let next = 0;
const work = async () => {
  while (next < chosen.length) {
    const name = chosen[next++];
    results.get(name).resolve(await run(name));
  }
};
for (const name of chosen) {
  let resolve;
  const result = new Promise((settle) => (resolve = settle));
  results.set(name, { result, resolve });
}
for (let worker = 0; worker < availableParallelism(); worker++) void work();
for (const [name, { result }] of results) {
  const { code, text } = await result;
  console.log(code === 0 ? `OK     ${name}` : `FAULTS ${name}\n${text.replace(/^/gm, "       ")}`);
  if (code !== 0) process.exitCode = 1;
}
