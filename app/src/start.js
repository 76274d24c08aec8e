// Loads the program and wakes the page's islands, outermost first. What an island holds between its
// tags (leptos-children) may hold islands again, which find their surroundings by `$$on_hydrate`.
//
// What the browser cannot show after all gives way to a link to the file (`components/media.rs`).
async (js, wasm) => {
  const failed = (shown) => {
    if (!shown.closest?.('.file')) shown.closest?.('.media')?.classList.add('broken');
  };
  addEventListener('error', (event) => failed(event.target), true);
  for (const shown of document.querySelectorAll('.media :is(img, audio, video)')) {
    if (shown.error) failed(shown);
    // It failed before anybody listened, or waits to be scrolled to: then asking again changes nothing.
    if (shown.complete && !shown.naturalWidth) shown.src = shown.src;
  }
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
