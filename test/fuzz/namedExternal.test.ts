import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ExternalDataReader } from "../../src/index.ts";
import { InputFiles } from "../../src/edges/files/readFiles.ts";
import { openNetwork } from "../../src/stages/network/index.ts";
import { faultLines } from "../helpers/faults.ts";
import { model, node, tensorWith } from "../helpers/onnx.ts";

describe("external data that leaves the folder", () => {
  let root: string;
  let readExternal: ExternalDataReader;
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), "sre-external-"));
    mkdirSync(join(root, "model"));
    writeFileSync(join(root, "secret.bin"), new Uint8Array(64));
    writeFileSync(join(root, "model", "own.bin"), new Uint8Array(new Float32Array(16).buffer));
    execFileSync("mkfifo", [join(root, "model", "pipe")]);
    symlinkSync(join(root, "secret.bin"), join(root, "model", "link.bin"));
    symlinkSync(root, join(root, "model", "up"));
    symlinkSync(join(root, "model", "own.bin"), join(root, "model", "near.bin"));
    readExternal = new InputFiles().externalDataOf(join(root, "model", "net.onnx"));
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  const open = (location: string) => {
    const externalData = [{ key: "location", value: location }];
    const w = tensorWith({ ...{ name: "w", dims: [2n, 2n], dataType: 1, dataLocation: 1 }, externalData });
    const nodes = [node("MatMul", ["x", "w"], ["y"], {}, "mm")];
    const bytes = model({ inputs: { x: ["n", 2] }, outputs: ["y"], nodes, initializers: [w] });
    return openNetwork({ name: "net.onnx", model: bytes, readExternal }, { batchNorm: "fold" });
  };

  test.each(["../secret.bin", "a/../../secret.bin", "/etc/hostname", "C:\\secret.bin", "..\\secret.bin", "own.bin\0"])(
    "by its name: %s",
    async (location) => {
      expect(await faultLines(open(location))).toEqual([
        `net.onnx, initialiser w: expected external data in the model's own folder, got ${JSON.stringify(location)}`,
      ]);
    },
  );

  test.each(["link.bin", "up/secret.bin"])("by a link: %s", async (location) => {
    const [line] = await faultLines(open(location));
    expect(line).toMatch(
      /^.*[\\/]model[\\/].*: expected external data in the model's own folder, got a link that leaves it$/,
    );
  });

  // To open the pipe would wait for ever.
  test.each([
    ["pipe", "a device"],
    [".", "a folder"],
  ])("by what is no file: %s", async (location, got) => {
    const [line] = await faultLines(open(location));
    expect(line).toMatch(new RegExp(`^.*model.*: expected a regular file, got ${got}$`));
  });

  test.each(["own.bin", "near.bin", "./own.bin"])("but not: %s", async (location) => {
    expect((await open(location)).layers).toHaveLength(1);
  });
});
