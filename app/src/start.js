// Turns the times of the page into the browser's own zone, loads the program and what it calls, and
// wakes the page's islands, outermost first. What an island holds between its tags (leptos-children) may hold islands
// again, which find their surroundings by `$$on_hydrate`.
//
// What the browser cannot show after all gives way to a link to the file (`components/media.rs`).
async (js, wasm, tab) => {
  const two = '2-digit';
  const day = { year: 'numeric', month: two, day: two };
  const minute = { ...day, hour: two, minute: two };
  const exact = { day, minute, second: { ...minute, second: two } };
  // Rows that come later turn as they are put into the page.
  customElements.define('local-time', class extends HTMLElement {
    connectedCallback() {
      const time = this.firstElementChild;
      const at = new Date(time.dateTime);
      const written = (how) => at.toLocaleString(document.documentElement.lang, how);
      time.textContent = written(exact[this.dataset.to]);
      time.title = written({ dateStyle: 'full', timeStyle: 'full' });
    }
  });
  // Days that are asked for are the reader's.
  document.addEventListener('submit', ({ target: { elements: { fuso, de, ate } = {} } }) => {
    if (!fuso) return;
    const day = de.value || ate.value;
    fuso.value = (day ? new Date(`${day}T00:00`) : new Date()).getTimezoneOffset();
  });
  const failed = (shown) => {
    if (!shown.closest?.('.file')) shown.closest?.('.media')?.classList.add('broken');
  };
  addEventListener('error', (event) => failed(event.target), true);
  for (const shown of document.querySelectorAll('.media :is(img, audio, video)')) {
    if (shown.error) failed(shown);
    // It failed before anybody listened, or waits to be scrolled to: then asking again changes nothing.
    if (shown.complete && !shown.naturalWidth) shown.src = shown.src;
  }
  const [program] = await Promise.all([import(js), import(tab)]);
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
