import Table from "cli-table3";
import { colours as pc } from "./colours.ts";

type Row = string[];

/** cli-table3 takes a second for so many, and four times as long for twice as many; nobody reads them. */
const MOST_ROWS = 1000;

/** Words to the left in the first `wordColumns` columns, numbers to the right; of very many rows the first ones. */
export function renderTable(head: Row, rows: readonly Row[], wordColumns = 0): string {
  const grid = new Table({
    head,
    colAligns: head.map((_, index) => (index < wordColumns ? "left" : "right")),
    style: { head: pc.isColorSupported ? ["bold"] : [], border: pc.isColorSupported ? ["gray"] : [], compact: true },
  });
  grid.push(...rows.slice(0, MOST_ROWS).map((row) => [...row]));
  const left = rows.length - MOST_ROWS;
  return left > 0 ? `${grid.toString()}\n… and ${left} more rows, which --json has` : grid.toString();
}
