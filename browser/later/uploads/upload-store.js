// The files that this browser is sending, until the server has all of them. They are in a database of the
// browser, so that they outlive the page; its name contains the user, and a flag of that name in the local
// storage says that there are some. `browser/drafts.js` deletes both at a logout.
//
// A file that the browser does not store, for lack of room, is in the memory of its tab only, and so is
// everything about it: no other tab could send it.

const NAME = `uploads-${document.querySelector('.app').dataset.user}`;

// What this tab added: `{ upload, file, isStored }` by id.
const own = new Map();

let opening;

const settled = (request) =>
  new Promise((done, fail) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });

const open = () => {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore('uploads', { keyPath: 'id' });
    request.result.createObjectStore('files');
  };
  return settled(request).then((database) => {
    // Another tab deletes it, or the browser has closed it.
    database.onversionchange = () => {
      database.close();
      opening = undefined;
    };
    database.onclose = database.onversionchange;
    return database;
  });
};

// Runs `work` on both stores, in one transaction.
const within = async (mode, work) => {
  opening ??= open();
  let database;
  try {
    database = await opening;
  } catch (error) {
    opening = undefined;
    throw error;
  }
  const transaction = database.transaction(['uploads', 'files'], mode);
  const result = work(transaction.objectStore('uploads'), transaction.objectStore('files'));
  await new Promise((done, fail) => {
    transaction.oncomplete = done;
    transaction.onabort = () => fail(transaction.error);
  });
  return result?.result;
};

// Returns false if storage is forbidden or full.
const flag = (isSet) => {
  try {
    if (isSet) localStorage.setItem(NAME, '1');
    else localStorage.removeItem(NAME);
    return true;
  } catch {
    return false;
  }
};

const attempt = async (work) => {
  try {
    return await work();
  } catch {
    return undefined;
  }
};

// Adds a file, or gives an upload its file again. Without the flag a logout would not find it.
const put = async (upload, file) => {
  const entry = { upload, file, isStored: false };
  own.set(upload.id, entry);
  if (!flag(true)) return;
  const both = async () => {
    await within('readwrite', (uploads, files) => {
      uploads.put(upload);
      files.put(file, upload.id);
    });
    entry.isStored = true;
    // Another tab may have found nothing just before, and removed it.
    flag(true);
  };
  await attempt(both);
};

// Stores what changed of an upload, but not one that is gone.
const update = async (upload) => {
  const entry = own.get(upload.id);
  if (entry) entry.upload = upload;
  const change = async (uploads) => {
    if (await settled(uploads.getKey(upload.id))) uploads.put(upload);
  };
  await attempt(() => within('readwrite', (uploads) => void change(uploads)));
};

const stored = () => within('readonly', (uploads) => uploads.getAll());

// Returns all uploads of the user, oldest first.
const all = async () => {
  const found = await attempt(stored);
  const byId = new Map((found ?? []).map((upload) => [upload.id, upload]));
  for (const [id, { upload, isStored }] of own) {
    if (!isStored || !found) byId.set(id, upload);
    // Another tab has finished it.
    else if (!byId.has(id)) own.delete(id);
  }
  return [...byId.values()].sort((one, other) => one.at - other.at);
};

const fileOf = async (id) => own.get(id)?.file ?? attempt(() => within('readonly', (_, files) => files.get(id)));

// Removes the flag if there is nothing to send.
const tidy = async () => {
  const isEmpty = async () => (await attempt(stored))?.length === 0 && (await all()).length === 0;
  if (!(await isEmpty())) return;
  flag(false);
  // Another tab may have added one meanwhile.
  if (!(await isEmpty())) flag(true);
};

const remove = async (id) => {
  own.delete(id);
  await attempt(() =>
    within('readwrite', (uploads, files) => {
      uploads.delete(id);
      files.delete(id);
    }),
  );
  await tidy();
};

// Returns true if leaving the page would lose a file.
const isFragile = () => [...own.values()].some(({ isStored }) => !isStored);

export { NAME, all, fileOf, isFragile, put, remove, tidy, update };
