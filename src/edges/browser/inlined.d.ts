/** Text of the bundled worker, put in at build time. */
declare module "inlined:worker" {
  const text: string;
  export default text;
}
