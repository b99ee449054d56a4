import Table from "cli-table3";
import { colours as pc } from "./colours.ts";

type Row = string[];

/** Words to the left in the first `wordColumns` columns, numbers to the right. */
export function renderTable(head: Row, rows: readonly Row[], wordColumns = 0): string {
  const grid = new Table({
    head,
    colAligns: head.map((_, index) => (index < wordColumns ? "left" : "right")),
    style: { head: pc.isColorSupported ? ["bold"] : [], border: pc.isColorSupported ? ["gray"] : [], compact: true },
  });
  grid.push(...rows.map((row) => [...row]));
  return grid.toString();
}
