// Converts the times of the page to the browser's own zone, loads the program and the script that
// it calls, and hydrates the page's islands, outermost first. Parts of the program that the page
// shows (data-part) are loaded before the islands are hydrated, if they arrive in time. The content
// between the tags of an island (leptos-children) may contain islands again, which get their context
// through `$$on_hydrate`.
//
// A link to the file replaces media that the browser cannot show (`components/media.rs`).
async (js, wasm, tab, parts) => {
  const two = '2-digit';
  const day = { year: 'numeric', month: two, day: two };
  const minute = { ...day, hour: two, minute: two };
  const exact = { day, minute, second: { ...minute, second: two } };
  // Rows that are added later convert when they are inserted.
  customElements.define('local-time', class extends HTMLElement {
    connectedCallback() {
      const time = this.firstElementChild;
      const at = new Date(time.dateTime);
      const written = (how) => at.toLocaleString(document.documentElement.lang, how);
      time.textContent = written(exact[this.dataset.to]);
      time.title = written({ dateStyle: 'full', timeStyle: 'full' });
    }
  });
  // Days in the filter are the reader's.
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
    // It failed before anybody listened, or is lazy: then setting the address again changes
    // nothing.
    if (shown.complete && !shown.naturalWidth) shown.src = shown.src;
  }
  const needed = [...new Set([...document.querySelectorAll('[data-part]')].map((one) => one.dataset.part))];
  for (const href of needed.flatMap((part) => parts[part] ?? [])) {
    const ahead = { rel: 'preload', as: 'fetch', crossOrigin: 'anonymous', href };
    document.head.append(Object.assign(document.createElement('link'), ahead));
  }
  const [program] = await Promise.all([import(js), import(tab)]);
  await program.default({ module_or_path: wasm });
  program.hydrate();
  const loaded = needed.map((part) => new Promise((done) => program.need(part, done)));
  // A request that hangs must not keep the rest of the page from living.
  await Promise.race([Promise.all(loaded), new Promise((done) => setTimeout(done, 5000))]);
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
