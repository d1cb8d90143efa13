/** How a place is called at the prompt: a machine by its name, a shell in a container by its pod's. */
export function called(where) {
  return where.split("/")[1] ?? where;
}
