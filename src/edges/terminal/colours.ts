import picocolors from "picocolors";

/** picocolors also colours wherever CI is set; a file or pipe shall get plain text. */
export const colours = picocolors.createColors(process.stdout.isTTY === true && process.env.NO_COLOR === undefined);
