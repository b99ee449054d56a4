import { runMix } from "./memory.ts";
import { stopRuns } from "./aborts.ts";

// Long load in one process (docs/testing.md): node --expose-gc build/load.js [SIMULATIONS [ABORTS]]

const [simulations = "10000", aborts = "40"] = process.argv.slice(2);
const wrong = [...(await runMix(Number(simulations))), ...(await stopRuns(Number(aborts)))];
for (const line of wrong) console.error(line);
process.exit(wrong.length === 0 ? 0 : 1);
