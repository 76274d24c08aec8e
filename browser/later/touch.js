// Returns true on devices that are used with a finger alone, as `browser::is_touch` of the program. A field that
// gets the focus there opens a keyboard over half of the page.
const isTouch = () => matchMedia('(hover: none) and (pointer: coarse)').matches;

export { isTouch };
