// Forms and lists that the program leaves to the browser.

// Sends a form in the background. Returns the address that the server redirects to, if any; throws
// the text of an error response.
const post = async (form) => {
  // The attribute is read, because a field named "action" would hide the property.
  const answer = await fetch(form.getAttribute('action'), {
    method: 'POST',
    headers: asJson,
    body: new URLSearchParams(new FormData(form)),
  });
  if (answer.ok) return answer.headers.get('location');
  throw await answer.text();
};

// Appends the rows of a table's next page, to which `link` leads, as soon as `link` is visible,
// page after page. If a page cannot be loaded, the link stays, and following it shows the reason.
const moreRows = (link, table) => {
  const rows = `#${table} tbody`;
  const isOnShow = (entry) => entry.isIntersecting;
  const fetchNext = async (entries, observer) => {
    if (!entries.some(isOnShow)) return;
    observer.disconnect();
    const answer = await fetch(link.href);
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    document.querySelector(rows).append(...page.querySelector(rows).children);
    const next = page.querySelector('a[rel=next]')?.getAttribute('href');
    link.parentElement.hidden = !next;
    if (!next) return;
    link.href = next;
    moreRows(link, table);
  };
  new IntersectionObserver(fetchNext).observe(link);
};
