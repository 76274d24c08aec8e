// Scripts that are loaded when they are first used.

// Those that were asked for, by their addresses.
const scripts = {};

// Loads a script. A browser may remember by its address that it could not be loaded, so the next attempt has another
// address. A script that is there keeps its own: its state would be there twice otherwise, which is also why a script
// that others import by its address is not loaded here.
const load = (address) => {
  const script = (scripts[address] ??= { again: '' });
  script.loading ??= import(address + script.again).catch((error) => {
    script.loading = undefined;
    script.again = `?${Date.now()}`;
    throw error;
  });
  return script.loading;
};
