// Forms and lists that the program leaves to the browser.

// Sends a form in the background. Answers where the server wants the browser to go, if anywhere;
// throws the text of an answer that says what is wrong.
const post = async (form) => {
  // The attribute: a field named "action" would hide the property.
  const answer = await fetch(form.getAttribute('action'), {
    method: 'POST',
    headers: asJson,
    body: new URLSearchParams(new FormData(form)),
  });
  if (answer.ok) return answer.headers.get('location');
  throw await answer.text();
};

// Brings the rows of a table's next page to the end of it as soon as `link`, which leads there, is on
// show, page after page. What cannot be had stays a link, which says why when it is followed.
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
