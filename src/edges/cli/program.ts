import { Command } from "@commander-js/extra-typings";

const INPUT = "network: a file (.onnx) or zoo:NAME; omitted for a matrix workload";
const NETWORK_FILE = "network: a file (.onnx)";
const collect = (value: string, previous: string[]): string[] => [...previous, value];

/** A command that reads a network: the options that all such commands share. */
function networkCommand(program: Command, name: string, description: string, input: string) {
  return program
    .command(name)
    .description(description)
    .argument("[input]", input)
    .option("--config <file>", "configuration (YAML); repeatable, later files win", collect, [] as string[])
    .option("--set <key.path=value>", "one option of the configuration; repeatable", collect, [] as string[])
    .option("--preset <name>", "prices and their sources (default: sre19)")
    .option("--inputs <file>", "network inputs [samples, …]: .npy, x.npz:name or IDX")
    .option(
      "--weights-from <file>",
      "weights in place of the network's: ONNX, npz, npy, safetensors, .mtx; repeatable",
      collect,
      [] as string[],
    )
    .option(
      "--masks <file>",
      "0/1 masks over the network's weights, in the same formats; repeatable",
      collect,
      [] as string[],
    )
    .option("--map <rules.yaml>", "which layer takes which tensor of --weights-from and --masks (default: by name)")
    .option("--json", "report as JSON on stdout")
    .option("--debug", "stack of an error");
}

/** A command that reads any workload. */
function inputCommand(program: Command, name: string, description: string) {
  return networkCommand(program, name, description, INPUT)
    .option("--weights <file>", "matrix workload: weights [K, N]; .npy, x.npz:name, .mtx or x.safetensors:name")
    .option("--transpose", "matrix workload: the weights are [N, K], one row a filter")
    .option("--activations <file>", "matrix workload: activations [windows, K]");
}

/** The commands of `sre`. Each loads its own code when it is called; `exit` receives its exit code. */
export function createProgram(version: string, exit: (code: number) => void) {
  const program = new Command("sre")
    .description("Sparse ReRAM Engine simulator: pruned networks on ReRAM crossbars, operation unit by operation unit")
    .version(version)
    .exitOverride()
    .configureOutput({
      outputError: (text, write) =>
        write(
          `sre: ${text
            .trim()
            .replace(/^error: /, "")
            .replace(/\s*\n\s*/g, " ")}\n`,
        ),
    });

  inputCommand(program, "run", "simulate a network or a matrix workload")
    .option("--labels <file>", "labels [samples], integers: adds accuracy")
    .option("--calibration <file>", "inputs that set the activation ranges (default: --inputs)")
    .option("--synthetic-inputs <seed>", "random inputs in place of --inputs")
    .option("--schemes <a,b,…>", "schemes to simulate (default: all)")
    .option("--samples <n>", "use the first n samples")
    .option("--seed <n>", "seed of everything random", "0")
    .option("--threads <n|auto>", "worker threads", "auto")
    .option("--verify", "execute bit-serially, OU by OU, and compare with the integer product")
    .option("--verify-windows <n|all>", "windows per layer that --verify executes (default: all)")
    .option("--outputs <out.npz>", "write the integer accumulators of each layer")
    .option("--scheme <name>", "scheme of --outputs (default: orc-dof)")
    .option("--out <dir>", "run folder to write")
    .option("--html", "write report.html into the run folder")
    .option("--force", "replace an existing run folder")
    .action(async (input, options) => exit(await (await import("./run.ts")).runCommand(input, options)));

  inputCommand(program, "inspect", "layer table; nothing is simulated").action(async (input, options) =>
    exit(await (await import("./inspect.ts")).inspectCommand(input, options)),
  );

  const accuracy = "inference accuracy against open wordlines, devices and schemes";
  networkCommand(program, "accuracy", accuracy, NETWORK_FILE)
    .option("--labels <file>", "labels [samples], integers")
    .option("--calibration <file>", "inputs that set the activation ranges (default: --inputs)")
    .option("--open-wordlines <n,…>", "OU heights to try", "2,4,8,16,32,64,128")
    .option("--device <name,…>", "devices of the menu, NAME or NAME@k (default: base,base@2,base@3)")
    .option("--chips <n>", "chips of each device, drawn from the seed", "5")
    .option("--schemes <a,b,…>", "naive, orc, dof, orc-dof, isaac", "naive,orc-dof")
    .option("--engine <name>", "cells, cells-i16 or table", "cells")
    .option("--max-loss <percent>", "loss against the float accuracy that an OU height may have", "1")
    .option("--samples <n>", "use the first n samples")
    .option("--seed <n>", "seed of everything random", "0")
    .option("--threads <n|auto>", "worker threads", "auto")
    .option("--out <dir>", "run folder to write; an interrupted run goes on from its journal")
    .option("--force", "replace an existing run folder or journal")
    .action(async (input, options) => exit(await (await import("./accuracy.ts")).accuracyCommand(input, options)));

  program
    .command("reproduce")
    .description("the paper's evaluation, side by side with its published figures")
    .argument(
      "[figure...]",
      "speedup, energy, ou-size, cell-bits, index-bits, idealised, breakdown, overhead (default: all)",
    )
    .option("--data <dir>", "folder with ssl-caffenet, ssl-lenet, models and datasets: more real networks")
    .option("--samples <n>", "inputs of each bundled network", "20")
    .option("--seed <n>", "seed of everything random", "0")
    .option("--threads <n|auto>", "worker threads", "auto")
    .option("--json", "as JSON on stdout")
    .option("--out <dir>", "folder for results, tables (CSV) and plots (SVG, PNG)")
    .option("--force", "replace an existing folder")
    .option("--debug", "stack of an error")
    .action(async (figures, options) => (await import("./reproduce.ts")).reproduceCommand(figures, options));

  program
    .command("sweep")
    .description("a grid of runs: what its folder does not hold yet is run")
    .argument("<spec>", "sweep file (YAML)")
    .option("--set <key.path=value>", "one option of every point's configuration; repeatable", collect, [] as string[])
    .option("--out <dir>", "folder of the sweep (default: runs/NAME)")
    .option("--dry-run", "list the points and estimate the time; nothing is written")
    .option("--resume", "go on with the folder, which has to exist (default: where it does)")
    .option("--threads <n|auto>", "worker threads", "auto")
    .option("--shard <i/n>", "run part i of n; sre merge joins them")
    .option("--redis <url>", "let the workers of a Redis server run the points (sre worker)")
    .option("--shared <dir>", "with --redis: folder for the input files, which all workers reach")
    .option("--json", "a JSON line on stdout each time points end")
    .option("--force", "begin anew, or replace another sweep in the folder")
    .option("--debug", "stack of an error")
    .action(async (spec, options) => exit(await (await import("./sweep.ts")).sweepCommand(spec, options)));

  program
    .command("merge")
    .description("join folders of parts of one sweep (sweep --shard)")
    .argument("<out>", "folder of the whole")
    .argument("<dir...>", "folders of the parts, finished or not")
    .option("--force", "replace an existing folder of a sweep")
    .option("--debug", "stack of an error")
    .action(async (out, dirs, options) => exit(await (await import("./merge.ts")).mergeCommand(out, dirs, options)));

  program
    .command("report")
    .description("one self-contained HTML file from a finished run or sweep, and its figures")
    .argument("<run-dir>", "run folder of run or accuracy, or the folder of a sweep")
    .option("--html <file>", "where the page goes (default: report.html in the run folder)")
    .option("--figures <dir>", "write each figure as SVG, and as PNG where sharp is installed")
    .option("--debug", "stack of an error")
    .action(async (dir, options) => (await import("./report.ts")).reportCommand(dir, options));

  program
    .command("table")
    .description("sensing-error table of a device: [open rows][ideal sum] -> {code: probability}")
    .option("--config <file>", "configuration (YAML); repeatable, later files win", collect, [] as string[])
    .option("--set <key.path=value>", "one option of the configuration; repeatable", collect, [] as string[])
    .option("--preset <name>", "prices and their sources (default: sre19)")
    .option("--rows <n>", "most open rows (default: ou.rows)")
    .option("--levels <n>", "levels of a cell, a power of two (default: 2^crossbar.cellBits)")
    .option("--device <name>", "device of the menu, NAME or NAME@k (default: device.model)")
    .option("--seed <n>", "seed of the Monte-Carlo samples", "0")
    .option("--json", "as JSON on stdout")
    .option("--debug", "stack of an error")
    .action(async (options) => (await import("./sensingTable.ts")).tableCommand(options));

  networkCommand(program, "prune", "write a pruned copy of a network, or compare ways of pruning", NETWORK_FILE)
    .option("--out <file>", "pruned network to write (.onnx; data that lay beside the original goes to <file>.data)")
    .option(
      "--method <name>",
      "magnitude, magnitude-layer, ssl-rows, ssl-cols, ssl, N:M, block, ou, or none (to permute)",
    )
    .option("--sparsity <share>", "share of zero weights afterwards, e.g. 0.9")
    .option("--scope <global|layer>", "the share of all layers together, or of each (default: global)")
    .option("--block <RxC>", "rows and columns of a block (default: one OU)")
    .option("--permute", "permute filters so that those which lose the same rows share an OU column group")
    .option(
      "--layers <pattern>",
      "layers to prune, * for any characters; repeatable (default: all but depthwise)",
      collect,
      [] as string[],
    )
    .option("--labels <file>", "labels [samples], integers: accuracy before and after")
    .option("--samples <n>", "use the first n samples")
    .option("--compare", "prune in every way at equal sparsity, write nothing")
    .option("--force", "replace an existing file")
    .action(async (input, options) => exit(await (await import("./prune.ts")).pruneCommand(input, options)));

  program
    .command("serve")
    .description("the playground in a browser, with the headers that let it use all processors")
    .option("--port <n>", "port; 0: any that is free", "8080")
    .option("--host <name>", "address to listen at", "127.0.0.1")
    .option("--no-isolation", "without those headers: the page counts on one thread")
    .option("--debug", "stack of an error")
    .action(async (options) => exit(await (await import("./serve.ts")).serveCommand(options)));

  program
    .command("worker")
    .description("serve the sweeps of a Redis server (sre sweep --redis URL), on any number of machines")
    .requiredOption("--redis <url>", "redis://[user:password@]host[:port][/database], or rediss://")
    .option("--shared <dir>", "folder in which sweeps put their input files, as this machine sees it")
    .option("--threads <n|auto>", "worker threads", "auto")
    .option("--debug", "stack of an error")
    .action(async (options) => exit(await (await import("./worker.ts")).workerCommand(options)));

  program
    .command("zoo")
    .description("built-in networks: weights and inputs drawn from published sparsities")
    .option("--json", "as JSON on stdout")
    .option("--debug", "stack of an error")
    .action(async (options) => (await import("./zoo.ts")).zooCommand(options));

  program
    .command("bench")
    .description("kernel variants against each other and against C, as ratios within one run")
    .option("--rounds <n>", "turns of each variant", "3")
    .option("--seconds <s>", "length of a turn", "0.5")
    .option("--grid", "instead, every way of counting on a grid of layers, and the one that the rule chooses")
    .option("--json", "as JSON on stdout")
    .option("--debug", "stack of an error")
    .action(async (options) => (await import("./bench.ts")).benchCommand(options));

  program
    .command("validate")
    .description("check a configuration or a sweep file")
    .argument("<file>", "configuration or sweep (YAML)")
    .option("--debug", "stack of an error")
    .action(async (file) => (await import("./validate.ts")).validateCommand(file));

  program
    .command("schema")
    .description("JSON Schema of the configuration, or of sweep files")
    .argument("[file-kind]", "config or sweep", "config")
    .option("--debug", "stack of an error")
    .action(async (kind) => (await import("./schema.ts")).schemaCommand(kind));

  program
    .command("explain")
    .description("a word, option, scheme, event or assumption, with its formula and source")
    .argument("<term...>", 'e.g. orc-dof, ou.rows, adcConversions, A5, "prices"')
    .option("--json", "as JSON on stdout")
    .option("--debug", "stack of an error")
    .action(async (words, options) => (await import("./explain.ts")).explainCommand(words.join(" "), options));

  return program;
}
