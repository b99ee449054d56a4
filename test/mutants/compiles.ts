import { join } from "node:path";
import ts from "typescript";

/**
 * Asks the TypeScript compiler about changed files, one at a time. What a fault leaves unused is no error here.
 * Of other files than the changed one nothing is asked.
 */
export class TypeCheck {
  private readonly versions = new Map<string, number>();
  private changed: { readonly path: string; readonly text: string } | null = null;
  private readonly service: ts.LanguageService;

  constructor(private readonly root: string) {
    const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
    const { options, fileNames } = ts.parseJsonConfigFileContent(config, ts.sys, root);
    const lenient = { ...options, noUnusedLocals: false, noUnusedParameters: false };
    this.service = ts.createLanguageService({
      getCompilationSettings: () => lenient,
      getScriptFileNames: () => fileNames.filter((path) => !path.includes("/test/")),
      getScriptVersion: (path) => String(this.versions.get(path) ?? 0),
      getScriptSnapshot: (path) => {
        const text = this.changed?.path === path ? this.changed.text : ts.sys.readFile(path);
        return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
      },
      getCurrentDirectory: () => root,
      getDefaultLibFileName: ts.getDefaultLibFilePath,
      fileExists: ts.sys.fileExists,
      readFile: ts.sys.readFile,
      readDirectory: ts.sys.readDirectory,
      directoryExists: ts.sys.directoryExists,
      getDirectories: ts.sys.getDirectories,
    });
  }

  /** The first error of a file if it had this text, or null. */
  complaint(file: string, text: string): string | null {
    const path = join(this.root, file).replaceAll("\\", "/");
    this.change(path, { path, text });
    const [error] = [...this.service.getSyntacticDiagnostics(path), ...this.service.getSemanticDiagnostics(path)];
    this.change(path, null);
    return error === undefined ? null : ts.flattenDiagnosticMessageText(error.messageText, " ");
  }

  private change(path: string, changed: TypeCheck["changed"]): void {
    this.changed = changed;
    this.versions.set(path, (this.versions.get(path) ?? 0) + 1);
  }
}
