// Loads the program and wakes the page's islands, outermost first. What an island holds between its
// tags (leptos-children) may hold islands again, which find their surroundings by `$$on_hydrate`.
async (js, wasm) => {
  const program = await import(js);
  await program.default({ module_or_path: wasm });
  program.hydrate();
  const around = [];
  const wake = async (node) => {
    const isChildren = node.tagName === 'LEPTOS-CHILDREN';
    if (isChildren) around.push(node.$$on_hydrate);
    if (node.tagName === 'LEPTOS-ISLAND') {
      around.at(-1)?.();
      await program[node.dataset.component]?.(node);
    }
    for (const child of node.children) await wake(child);
    if (isChildren) around.pop();
  };
  await wake(document.body);
}
