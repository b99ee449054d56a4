/** The package as users get it: what publint and arethetypeswrong find in the tarball, and files that must not be in it. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./sources.js";

if (!existsSync(join(root, "dist/types")) || !existsSync(join(root, "build/release.wasm"))) {
  console.error("package: expected what npm run build makes, got no dist/types or no build/release.wasm");
  process.exit(1);
}

const out = mkdtempSync(join(tmpdir(), "package-"));
const run = (command) => {
  const { status, stdout, stderr } = spawnSync(command, { cwd: root, shell: true, encoding: "utf8" });
  if (status !== 0) {
    console.error(`${command.replace(out, "")}\n${stdout}${stderr}`);
    process.exitCode = 1;
  }
  return stdout;
};

// Not the scripts: "prepare" would build again.
const [{ filename, files }] = JSON.parse(run(`npm pack --ignore-scripts --json --pack-destination "${out}"`));
const tarball = join(out, filename);
run(`npx --no-install publint run "${tarball}" --strict`);
run(`npx --no-install attw "${tarball}" --profile esm-only --format ascii`);
rmSync(out, { recursive: true });

const paths = new Set(files.map(({ path }) => path));
const faults = [...paths]
  .filter((path) => /(^|\/)(node_modules|test|runs)\/|\.test\.|\.map$/.test(path))
  .map((path) => `${path}: expected no such file in the package, got one`);
const { main, bin, exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const pathsIn = (value) => (typeof value === "string" ? [value] : Object.values(value ?? {}).flatMap(pathsIn));
const promised = [main, bin, exports].flatMap(pathsIn);
for (const path of promised)
  if (!paths.has(path.slice(2))) faults.push(`${path}: expected in the package, where package.json says so, got none`);
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exitCode = 1;
