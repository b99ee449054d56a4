/** What a word of the glossary means; `formula` and `source` in the model's symbols and section marks. */
export interface Term {
  readonly text: string;
  readonly formula?: string;
  readonly source: string;
}
