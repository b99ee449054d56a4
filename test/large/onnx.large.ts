import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Report } from "../../src/index.ts";
import { chooseNetwork } from "../../src/stages/zoo/index.ts";
import type { NodeProto, TensorProto } from "../helpers/onnx_pb.ts";
import { model, node, rawTensor, tensorWith } from "../helpers/onnx.ts";
import { Random } from "../helpers/random.ts";
import { sre } from "../edges/sre.ts";

const FLOAT = 1;
const EXTERNAL = 1;

/** VGG-16 as an ONNX file of 553 MB, its weights drawn: inside the file, or beside it. */
class Vgg16File {
  private readonly nodes: NodeProto[] = [];
  private readonly tensors: TensorProto[] = [];
  private readonly parts: Uint8Array[] = [];
  private byteCount = 0;
  private last = "x";
  private channels = 3;

  constructor(private readonly weightsFile: string | null) {
    const random = new Random(1);
    for (const { name, op, matrixRows, matrixCols } of chooseNetwork("vgg16").network.layers) {
      const values = new Float32Array(matrixRows * matrixCols);
      const scale = Math.sqrt(6 / matrixRows);
      for (let i = 0; i < values.length; i++) if (random.unit() < 0.2) values[i] = (random.unit() - 0.5) * scale;
      if (op === "Conv") this.addConv(name, matrixCols, values);
      else this.addGemm(name, matrixRows, matrixCols, values);
    }
  }

  write(path: string): void {
    const parts = { inputs: { x: ["n", 3, 224, 224] }, outputs: [this.last], nodes: this.nodes };
    writeFileSync(path, model({ ...parts, initializers: this.tensors }));
    if (this.weightsFile !== null) writeFileSync(this.weightsFile, Buffer.concat(this.parts));
  }

  private addConv(name: string, filters: number, values: Float32Array): void {
    this.addWeights(name, [filters, this.channels, 3, 3], values);
    this.push(node("Conv", [this.last, name], [`${name}.y`], { pads: [1, 1, 1, 1] }, name), `${name}.y`);
    this.push(node("Relu", [this.last], [`${name}.r`]), `${name}.r`);
    const endsBlock = /conv(1_2|2_2|3_3|4_3|5_3)/.test(name);
    const pool = { kernel_shape: [2, 2], strides: [2, 2] };
    if (endsBlock) this.push(node("MaxPool", [this.last], [`${name}.p`], pool), `${name}.p`);
    this.channels = filters;
  }

  private addGemm(name: string, rows: number, cols: number, values: Float32Array): void {
    if (name === "fc6") this.push(node("Flatten", [this.last], ["flat"]), "flat");
    this.addWeights(name, [rows, cols], values);
    this.push(node("Gemm", [this.last, name], [`${name}.y`], {}, name), `${name}.y`);
    if (name !== "fc8") this.push(node("Relu", [this.last], [`${name}.r`]), `${name}.r`);
  }

  private push(added: NodeProto, output: string): void {
    this.nodes.push(added);
    this.last = output;
  }

  private addWeights(name: string, shape: readonly number[], values: Float32Array): void {
    const bytes = new Uint8Array(values.buffer);
    if (this.weightsFile === null) {
      this.tensors.push(rawTensor(name, shape, FLOAT, bytes));
      return;
    }
    const externalData = [
      { key: "location", value: "vgg16.weights" },
      { key: "offset", value: String(this.byteCount) },
    ];
    const dims = shape.map(BigInt);
    this.tensors.push(tensorWith({ name, dims, dataType: FLOAT, dataLocation: EXTERNAL, externalData }));
    this.parts.push(bytes);
    this.byteCount += bytes.length;
  }
}

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "sre-large-"))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("an ONNX file of 553 MB runs, verified, with its weights inside or beside it", async () => {
  const reports: Report[] = [];
  for (const where of ["inside", "beside"]) {
    new Vgg16File(where === "beside" ? join(folder, "vgg16.weights") : null).write(join(folder, "net.onnx"));
    const options = ["--synthetic-inputs", "1", "--verify-windows", "1", "--out", where];
    const { code, stderr } = await sre(folder, ["run", "net.onnx", ...options]);
    expect(stderr).toContain("verify orc-dof: 0 mismatches");
    expect(code).toBe(0);
    const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, where, name), "utf8"));
    const { peakMemory_bytes, phases_ms } = read("manifest.json") as { peakMemory_bytes: number; phases_ms: object };
    console.log(`weights ${where}: peak memory ${(peakMemory_bytes / 2 ** 20).toFixed(0)} MiB`, phases_ms);
    expect(peakMemory_bytes).toBeLessThan(6 * 2 ** 30);
    reports.push(read("report.json") as Report);
  }
  expect(reports[1]!.layers).toEqual(reports[0]!.layers);
  expect(reports[0]!.layers).toHaveLength(16);
});
