//! Reads QRs as the camera of a phone does.

/// Pixels of one side of a module.
const SCALE: usize = 4;

/// Reads a QR from its SVG: paints it, and decodes the picture.
pub(crate) fn read_svg(svg: &str) -> String {
    let between = |from: &str, to: &str| {
        let start = svg.find(from).expect("the attribute") + from.len();
        &svg[start..start + svg[start..].find(to).expect("its end")]
    };
    let size: usize = between("viewBox=\"0 0 ", " ").parse::<usize>().expect("a width") * SCALE;
    let mut picture = vec![255u8; size * size];
    let dark = svg.rsplit(" d=\"").next().expect("the dark modules");
    let dark = &dark[..dark.find('"').expect("their end")];
    for module in dark.split('M').filter(|module| !module.is_empty()) {
        // "x yhWvHHxVy"
        let numbers: Vec<usize> = module
            .split(|c: char| !c.is_ascii_digit())
            .filter(|number| !number.is_empty())
            .map(|number| number.parse::<usize>().expect("a number") * SCALE)
            .collect();
        let [x, y, width, height, ..] = numbers[..] else { panic!("a module: {module}") };
        for row in y..y + height {
            picture[row * size + x..row * size + x + width].fill(0);
        }
    }
    let mut seen =
        rqrr::PreparedImage::prepare_from_greyscale(size, size, |x, y| picture[y * size + x]);
    let grids = seen.detect_grids();
    grids.first().expect("a QR in the picture").decode().expect("a readable QR").1
}
