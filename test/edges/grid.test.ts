import { expect, test } from "vitest";
import { renderTable } from "../../src/edges/terminal/grid.ts";

test("a table shows the first of very many rows, and says how many it leaves out", () => {
  const rows = Array.from({ length: 10_000 }, (_, i) => [`layer${i}`, String(i)]);
  const lines = renderTable(["layer", "n"], rows, 1).split("\n");
  expect(lines.at(-1)).toBe("… and 9000 more rows, which --json has");
  expect(lines.at(-3)).toContain("layer999");
  expect(renderTable(["layer", "n"], rows.slice(0, 1000), 1).split("\n").at(-1)).not.toContain("more");
});
