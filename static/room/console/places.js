/** How a place is called at the prompt: a machine by its name, a shell in a container by its pod's, a client there
 * by the server that it asks. */
export function called(where) {
  const [, pod, , , how] = where.split("/");
  if (how?.startsWith("redis-cli")) return `${/-h (\S+)/.exec(how)?.[1] ?? "127.0.0.1"}:6379`;
  return pod ?? where;
}
