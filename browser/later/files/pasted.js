// Returns the files that were pasted. Programs for texts and tables give a picture of what was copied beside its text
// and its layout; then there are none. Some systems give the name of a copied file as its text.
const pastedFiles = ({ clipboardData }) => {
  const { files, types } = clipboardData ?? { files: [], types: [] };
  const isText = types.includes('text/plain') && types.some((type) => type === 'text/html' || type === 'text/rtf');
  return isText ? [] : [...files];
};

export { pastedFiles };
