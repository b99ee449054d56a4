import { inflateRawSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { KeptRows, Report } from "../../src/index.ts";
import { logBars } from "../../src/edges/figures/figure.ts";
import { stackParts } from "../../src/edges/figures/parts.ts";
import { heatMapLayers } from "../../src/edges/html/heatMapData.ts";
import { markup, scriptJson, table } from "../../src/edges/html/markup.ts";
import { renderPage } from "../../src/edges/html/page.ts";

describe("markup", () => {
  const evil = `<img src=x onerror="alert('1')"> & co`;
  const harmless = "&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt; &amp; co";

  test("escapes what is put in, and leaves markup as it is", () => {
    expect(markup`<p title="${evil}">${[markup`<b>${evil}</b>`, 7, null, undefined]}</p>`.text).toBe(
      `<p title="${harmless}"><b>${harmless}</b>7</p>`,
    );
  });

  test("escapes names in tables", () => {
    expect(table([{ head: evil, isText: true }, "n"], [[evil, 1]], evil).text.split(harmless)).toHaveLength(4);
  });

  test("JSON in a script cannot end it", () => {
    const { text } = scriptJson({ name: "</script><script>" });
    expect(text).not.toContain("</script>");
    expect(JSON.parse(text)).toEqual({ name: "</script><script>" });
  });
});

test("a page allows its own script, and no request", async () => {
  const html = await renderPage({ title: "t", lead: markup``, chapters: [], foot: "", script: "void 0" });
  // sha256 of "void 0".
  const hash = "yyjq/GGlTvm0YhdkNx72uPxcwaIXqWZBYZftmpA6pYU=";
  const policy = /content="(default-src[^"]+)"/.exec(html)![1]!.replaceAll("&#39;", "'");
  expect(policy.split("; ").map((rule) => rule.split(" ")[0])).toEqual([
    "default-src",
    "style-src",
    "img-src",
    "script-src",
  ]);
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain(`script-src 'sha256-${hash}'`);
});

describe("stacked parts", () => {
  test("keep every sum, the small ones in the rest", () => {
    const wholes = [
      { label: "a", parts: { big: 90, middle: 9, tiny: 1 } },
      { label: "b", parts: { big: 0, middle: 1, tiny: 0.01 } },
    ];
    const { values, colour } = stackParts(wholes);
    expect(colour.scale.domain).toEqual(["middle", "big", "rest"]);
    for (const { label, parts } of wholes) {
      const own = values.filter((value) => value.label === label);
      expect(own.reduce((sum, { value }) => sum + value, 0)).toBeCloseTo(
        Object.values(parts).reduce((a, b) => a + b, 0),
        9,
      );
      expect(own.find(({ part }) => part === "rest")?.value).toBe(parts.tiny);
    }
  });

  test("have as many colours as names, however many parts", () => {
    const parts = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`part${index}`, 1]));
    const { domain, range } = stackParts([{ label: "a", parts }]).colour.scale;
    expect(range).toHaveLength(domain.length);
    expect(new Set(range).size).toBe(range.length);
  });
});

test.each([
  [[3, 2000, 0], 1, 2000],
  [[0.02, 0.5], 0.01, 0.5],
  [[40, 50], 10, 100],
  [[10, 500], 1, 500],
  [[], 1, 10],
])("bars of %j on a log scale begin at %d", (values, from, to) => {
  const { scale, from: begin, axis } = logBars(values);
  expect(begin.datum).toBeCloseTo(from, 12);
  expect(scale.domain[1]).toBe(Math.max(to, scale.domain[0]! * 10));
  expect(axis.values[0]).toBe(begin.datum);
});

test("a map is in the page as it was, byte by byte", () => {
  const map: KeptRows = {
    ...{ matrixCount: 1, rowCount: 6, crossbarRows: 4, rowBlockCount: 2, colBlockCount: 1, groupsPerBlock: 1 },
    counts: Uint16Array.from([258, 1]),
    crossbars: Uint32Array.from([1]),
    masks: Uint32Array.from([0x01020304]),
  };
  const report = {
    layers: [
      { name: "a", group: 0 },
      { name: "b", group: 0 },
    ],
  } as Report;
  const [layer, ...others] = heatMapLayers(report, [null, map]);
  expect(others).toEqual([]);
  expect(layer).toMatchObject({ title: "b", rowCount: 6, storedCount: 1 });
  expect([...inflateRawSync(Buffer.from(layer!.data, "base64"))]).toEqual([2, 1, 1, 0, 1, 0, 0, 0, 4, 3, 2, 1]);
});
