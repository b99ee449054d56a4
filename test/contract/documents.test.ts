import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, it } from "vitest";
import { TOOL } from "../../src/index.ts";
import { createProgram } from "../../src/edges/cli/program.ts";

const root = new URL("../../", import.meta.url).pathname;
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const manuals = readdirSync(join(root, "docs"))
  .filter((name) => name.endsWith(".md"))
  .map((name) => `docs/${name}`);
const documents = [
  ...["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "bench/README.md"],
  ...readdirSync(join(root, "examples"))
    .map((name) => `examples/${name}/README.md`)
    .filter((path) => existsSync(join(root, path))),
  ...manuals,
];
const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };

/** What is written as code in a document, piece by piece, lines that go on joined and remarks behind ` # ` left out. */
function codeOf(path: string): string[] {
  const text = read(path).replaceAll(/\\\n\s*/g, "");
  const lines = text.split("\n").filter((line) => /^ {4}/.test(line) && !/^ {4,}[-*] /.test(line));
  const inline = [...text.replaceAll(/^```[^]*?^```/gm, "").matchAll(/`([^`]+)`/g)].map(([, code]) => code!);
  return [...lines, ...inline].flatMap((code) =>
    code
      .replace(/\s# .*/, "")
      .replaceAll(/\s+/g, " ")
      .split(" & "),
  );
}

/** Where a heading is found, as pages of Markdown make it. */
function anchorsOf(path: string): string[] {
  return [...read(path).matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
    title!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(/\s/g, "-"),
  );
}

const linksOf = (path: string): string[] =>
  [...read(path).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link!).filter((link) => !/^[a-z]+:/.test(link));

describe.each(documents)("%s", (path) => {
  it("has links to what there is", () => {
    const broken = linksOf(path).filter((link) => {
      const [file = "", anchor] = link.split("#");
      const target = file === "" ? path : normalize(join(dirname(path), file));
      if (!existsSync(join(root, target))) return true;
      return anchor !== undefined && !anchorsOf(target).includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  it("names files and folders of the tree that there are", () => {
    const named = codeOf(path).filter((code) =>
      /^(assembly|bench|bindings|checks|docs|examples|src|test)\/[\w./-]+$/.test(code),
    );
    const made = ["docs/api", ...(path === "docs/adding-a-scheme.md" ? ["src/model/schemes/ouSkip.ts"] : [])];
    expect(named.filter((name) => !made.includes(name) && !existsSync(join(root, name)))).toEqual([]);
  });

  it("has command lines that there are", () => {
    const wrong: string[] = [];
    for (const code of codeOf(path)) {
      const script = /\bnpm run (?:-s )?([\w:]+)/.exec(code)?.[1];
      if (script !== undefined && scripts[script] === undefined) wrong.push(code);
      const line = /(?:\bsre -- |(?<!\/)\bsre )(.+)/.exec(code)?.[1];
      const commandLine =
        line ?? (/\bnpm run (?:-s )?bench -- (.+)/.test(code) ? code.replace(/.*bench -- /, "bench ") : "");
      const unknown = unknownOf(commandLine);
      if (unknown.length > 0) wrong.push(`${code}: ${unknown.join(" ")}`);
    }
    expect(wrong).toEqual([]);
  });
});

const commands = new Map(createProgram("", () => {}).commands.map((command) => [command.name(), command]));

/** Of `run net.onnx --json`: the command and the options that the program does not know. */
function unknownOf(commandLine: string): string[] {
  const [name = "", ...words] = commandLine.split(" ");
  // "sre -- …", "sre …": no command is named.
  if (!/^[a-z]+$/.test(name)) return [];
  const command = commands.get(name);
  if (command === undefined) return [name];
  const options = new Set(command.options.map(({ long }) => long));
  return words.filter((word) => word.startsWith("--")).filter((word) => !options.has(word.replace(/=.*|[^\w-]+$/, "")));
}

it("knows a command line that is wrong", () => {
  expect(unknownOf("run net.onnx --jason --set ou.rows=8")).toEqual(["--jason"]);
  expect(unknownOf("runn net.onnx")).toEqual(["runn"]);
  expect(unknownOf("table --rows 2, --levels 2")).toEqual([]);
});

it("the README leads to every manual", () => {
  const led = linksOf("README.md").map((link) => link.replace(/#.*/, ""));
  expect(manuals.filter((path) => !led.includes(path))).toEqual([]);
});

it("the manual of schemes shows the file that is tried", () => {
  const file = read("test/golden/ouSkip.ts")
    .replaceAll('"../../src/model/schemes/', '"./')
    .replaceAll('"../../src/model/', '"../');
  expect(read("docs/adding-a-scheme.md")).toContain(`\`\`\`ts\n${file}\`\`\``);
});

it("citation and changelog are of this version", () => {
  expect(read("CITATION.cff")).toContain(`\nversion: ${TOOL.version}\n`);
  expect(read("CHANGELOG.md")).toContain(`## [${TOOL.version}]`);
});
