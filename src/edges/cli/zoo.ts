import Table from "cli-table3";
import { listZoo } from "../../index.ts";
import type { ZooEntry } from "../../index.ts";
import { colours as pc } from "../terminal/colours.ts";
import { formatCount, formatRatio } from "../format.ts";

const HEAD = ["INPUT", "layers", "weights", "MACs", "zero weights", "source of the sparsity"];

/** Lists the built-in networks: what `zoo:NAME` and `zoo:NAME@VARIANT` may be. */
export function zooCommand(options: { json?: true | undefined }): void {
  const zoo = listZoo();
  process.stdout.write(`${options.json ? JSON.stringify(zoo, null, 2) : renderZoo(zoo)}\n`);
}

function renderZoo(zoo: readonly ZooEntry[]): string {
  const table = new Table({
    head: HEAD,
    colAligns: ["left", "right", "right", "right", "right", "left"],
    style: { head: pc.isColorSupported ? ["bold"] : [], border: pc.isColorSupported ? ["gray"] : [], compact: true },
  });
  for (const { name, layers, weights, macs, variants } of zoo) {
    variants.forEach((variant, index) => {
      const totals = index === 0 ? [layers, weights, macs].map(formatCount) : ["", "", ""];
      const input = index === 0 ? `zoo:${name}` : `zoo:${name}@${variant.name}`;
      table.push([input, ...totals, formatRatio(variant.zeroRatio), `${variant.name}: ${variant.source}`]);
    });
  }
  const notes = zoo.map(({ name, text, inputSource }) => `${name}: ${text}; inputs: ${inputSource}`);
  return [table.toString(), ...notes].join("\n");
}
