/**
 * npm run check [-- NAME…]: what the source has to keep beside its tests: every script "check:NAME" of package.json, or
 * those named. One line a check, with what is wrong below it; exit code 1 when anything is. "package" reads what
 * `npm run build` has made.
 */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
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

for (const name of asked.length > 0 ? asked : names) {
  const { code, text } = await run(name);
  console.log(code === 0 ? `OK     ${name}` : `FAULTS ${name}\n${text.replace(/^/gm, "       ")}`);
  if (code !== 0) process.exitCode = 1;
}
