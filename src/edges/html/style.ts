/** The whole style of a report: the reader's own fonts, light or dark as the reader has it. */
export const style = `
:root { color-scheme: light dark; --ground: #fff; --text: #1c2126; --faint: #5b6570; --line: #d9dee3; --panel: #f5f7f9;
  --accent: #0b6e4f; --warn: #9a4b00; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #15191d; --text: #e4e8ec; --faint: #9aa5b0; --line: #353d45; --panel: #1d2329; --accent: #4fd0a0;
    --warn: #f0a35c; }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0; background: var(--ground); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
body > * { max-width: 72rem; margin-inline: auto; padding-inline: clamp(0.8rem, 3vw, 2rem); }
header { padding-block: 1.6rem 0.4rem; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0 0 0.3rem; overflow-wrap: anywhere; }
h2 { font-size: 1.25rem; margin: 2.2rem 0 0.6rem; padding-bottom: 0.25rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 0 0 0.3rem; }
p { margin: 0.4rem 0; max-width: 60rem; }
a { color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.faint, figcaption, caption { color: var(--faint); }
.warn { color: var(--warn); }
.good { color: var(--accent); }
nav ul { display: flex; flex-wrap: wrap; gap: 0.2rem 1.1rem; list-style: none; padding: 0; margin: 0.4rem 0 0; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: 0.7rem; margin: 0.8rem 0; }
.cards > div { background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: 0.6rem 0.8rem; }
.cards dt { color: var(--faint); font-size: 0.85rem; }
.cards dd { margin: 0; font-size: 1.3rem; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.cards dd small { display: block; font-size: 0.8rem; color: var(--faint); }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr)); gap: 1rem;
  grid-auto-flow: dense; margin: 0.8rem 0; }
figure { margin: 0; padding: 0.8rem; border: 1px solid var(--line); border-radius: 6px; min-width: 0; }
figure.wide { grid-column: 1 / -1; }
figcaption { font-size: 0.85rem; margin-bottom: 0.5rem; }
.drawing { overflow-x: auto; }
.drawing svg { display: block; height: auto; max-width: 100%; min-width: min(var(--width), max(20rem, var(--width) * 0.72)); }
.drawing svg > rect { fill: none; }
.scroll { overflow-x: auto; margin: 0.6rem 0; }
table { border-collapse: collapse; font-size: 0.87rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding-bottom: 0.3rem; }
th, td { padding: 0.22rem 0.6rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
th { font-weight: 600; }
thead th { vertical-align: bottom; white-space: normal; }
tbody th { font-weight: normal; position: sticky; left: 0; background: var(--ground); }
.text { text-align: left; }
details { margin: 0.7rem 0; }
summary { cursor: pointer; padding: 0.25rem 0; }
pre { background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: 0.8rem; overflow-x: auto;
  font-size: 0.85rem; }
code { font-size: 0.9em; overflow-wrap: anywhere; }
dl.facts { display: grid; grid-template-columns: max-content 1fr; gap: 0.15rem 1rem; margin: 0.5rem 0; }
dl.facts dt { color: var(--faint); }
dl.facts dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
.map { border: 1px solid var(--line); border-radius: 6px; padding: 0.8rem; margin: 1rem 0; }
.map .controls { display: flex; flex-wrap: wrap; gap: 0.5rem; align-items: center; margin: 0.5rem 0; }
.map select, .map button { font: inherit; color: inherit; background: var(--panel); border: 1px solid var(--line);
  border-radius: 4px; padding: 0.25rem 0.7rem; min-height: 2.2rem; max-width: 100%; }
.map canvas { display: block; width: 100%; height: min(30rem, 62vh); background: var(--panel); border-radius: 4px;
  cursor: crosshair; }
.map output { display: block; min-height: 3em; margin-top: 0.4rem; font-variant-numeric: tabular-nums; }
.map .legend { display: flex; align-items: center; gap: 0.5rem; font-size: 0.85rem; color: var(--faint); }
.map .legend i { width: 8rem; height: 0.8rem; border-radius: 2px;
  background: linear-gradient(90deg, #440154, #3b528b, #21918c, #5ec962, #fde725); }
kbd { font: 0.85em ui-monospace, monospace; border: 1px solid var(--line); border-radius: 3px; padding: 0 0.3em; }
footer { padding-block: 2rem; color: var(--faint); font-size: 0.85rem; }
@media print { .map { display: none; } body { font-size: 11px; } figure { break-inside: avoid; } }
`;
