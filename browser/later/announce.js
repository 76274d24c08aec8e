// Sentences for screen readers about changes that others see. The element stays: one that came together with its
// text would not be read.

let region;

const announce = (words) => {
  if (!region?.isConnected) {
    region = Object.assign(document.createElement('p'), { className: 'sr', role: 'status' });
    document.body.append(region);
  }
  region.textContent = words;
};

export { announce };
