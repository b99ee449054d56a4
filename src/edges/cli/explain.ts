import { explain } from "../../index.ts";

/** @throws InputError with the nearest terms when there is no such term. */
export function explainCommand(term: string, options: { json?: true | undefined }): void {
  const explanation = explain(term);
  if (options.json) {
    process.stdout.write(`${JSON.stringify(explanation, null, 2)}\n`);
    return;
  }
  const lines = [explanation.term, explanation.text];
  if (explanation.formula !== undefined) lines.push(`formula: ${explanation.formula}`);
  lines.push(`source: ${explanation.source}`);
  process.stdout.write(`${lines.join("\n")}\n`);
}
