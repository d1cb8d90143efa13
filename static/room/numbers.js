/** How much is on a node: counted, or told where the node is seen from afar. */

/** What is on a node that is seen from afar. */
const UNSEEN = { far: true, pods: [], containers: [], differs: [] };

const runs = (containers) => containers.filter(({ state }) => state === "running").length;

/** How many pods the API server believes to be on the node. */
export const believed = (node) => (node.far ? node.believed : node.pods.length);
/** How many containers run there. */
export const running = (node) => (node.far ? node.running : runs(node.containers));
/** In how many pods belief and reality part. */
export const differing = (node) => (node.far ? node.differing : node.differs.length);

/** What a tick says of a node that is seen from afar: of what is on it, only the numbers. */
export function counted({ pods, containers, differs, ...rest }) {
  if (pods) rest.believed = pods.length;
  if (containers) rest.running = runs(containers);
  if (differs) rest.differing = differs.length;
  return rest;
}

/** A node without what is on it. */
export const afar = (node) => ({ ...counted(node), ...UNSEEN });

/** A node with what is on it. */
export const near = (node, on) => ({ ...node, ...on, far: false });

/**
 * A view that was told from afar, with all that its nodes and deadlines have in common.
 * @param {any} view
 */
export function unfolded(view) {
  if (!view?.usual) return view;
  const { usual } = view;
  const nodes = {};
  for (const [name, node] of Object.entries(view.nodes)) {
    nodes[name] = { ...usual.node, ...UNSEEN, name, ...node };
  }
  const deadlines = {};
  for (const [key, deadline] of Object.entries(view.deadlines)) {
    const slash = key.indexOf("/");
    deadlines[key] = { ...usual[key.slice(0, slash)], node: key.slice(slash + 1), ...deadline };
  }
  return { ...view, nodes, deadlines };
}
