import { expect, test } from "vitest";
import { formatCount, formatEnergy, formatFactor, formatRatio, formatTime } from "../../src/edges/format.ts";
import { layerRows, toColumns, toCsv } from "../../src/edges/files/layerRows.ts";
import type { Report } from "../../src/index.ts";

test("numbers get the unit in which they are readable", () => {
  expect(formatTime(15.36)).toBe("15.36 ns");
  expect(formatTime(999.96)).toBe("1000 ns");
  expect(formatTime(46_560_000)).toBe("46.56 ms");
  expect(formatTime(7.2e12)).toBe("7,200 s");
  expect(formatEnergy(0.00183)).toBe("0.001830 pJ");
  expect(formatEnergy(4.152e9)).toBe("4.152 mJ");
  expect(formatEnergy(0)).toBe("0 J");
  expect(formatCount(241216000)).toBe("241,216,000");
  expect(formatFactor(42.34)).toBe("42.3x");
  expect(formatFactor(1234.5)).toBe("1,235x");
  expect(formatRatio(0.1563)).toBe("15.6 %");
});

test("what is not known is a dash", () => {
  for (const format of [formatTime, formatEnergy, formatCount, formatFactor, formatRatio]) {
    expect(format(null)).toBe("–");
  }
});

test("rows have every column, and CSV quotes what needs it", () => {
  const sums = { ouOps: 1, speedup: null, events: { dacRows: 2 } };
  const layer = {
    name: 'a,"b"',
    group: "all",
    crossbars: { dense: 3 },
    // Lists have no column.
    activations: { planeOneRatios: [0.5, 0.25] },
    openRows: { windows: 1, dof: [1, 2] },
    schemes: {
      naive: { ...sums, energyByComponent_pJ: { adc: 0.5 }, pipeline: null },
      orc: {
        ...sums,
        energyByComponent_pJ: { index: 0.25 },
        pipeline: { copies: 4, timePerSample_ns: 5, busyRatio: 0.5 },
      },
    },
  };
  const rows = layerRows({ layers: [layer] } as unknown as Report);
  expect(toCsv(rows)).toBe(
    "layer,group,crossbars_dense,scheme,ouOps,speedup,pipeline_copies,pipeline_timePerSample_ns,pipeline_busyRatio," +
      "dacRows,energy_adc_pJ,energy_index_pJ\n" +
      '"a,""b""",all,3,naive,1,,,,,2,0.5,\n' +
      '"a,""b""",all,3,orc,1,,4,5,0.5,2,,0.25\n',
  );
  expect(toColumns(rows).map(({ name, type }) => `${name}: ${type}`)).toContain("energy_adc_pJ: DOUBLE");
  expect(toColumns(rows).map(({ name, type }) => `${name}: ${type}`)).toContain("group: STRING");
});
