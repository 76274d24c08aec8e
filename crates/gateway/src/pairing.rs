//! Draws the QR of a pairing.

use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};

/// QRs of one round. WhatsApp provides six refs: the first lives 60 s, the others 20 s each
/// (`WAWebHandlePairDevice`).
pub(crate) const CODES_A_ROUND: u8 = 6;

/// Draws a QR as an `<svg>` element, black on white with the quiet zone that scanners need.
///
/// # Errors
/// The payload does not fit a QR: more than 2,953 bytes.
pub fn draw(payload: &str) -> Result<String, qrcode::types::QrError> {
    let code = QrCode::with_error_correction_level(payload, EcLevel::L)?;
    let svg = code
        .render::<svg::Color<'_>>()
        .min_dimensions(264, 264)
        .quiet_zone(true)
        .dark_color(svg::Color("#000"))
        .light_color(svg::Color("#fff"))
        .build();
    // The picture is embedded in a page, where an XML declaration is not allowed.
    Ok(svg.find("<svg").map_or_else(String::new, |start| svg[start..].to_owned()))
}
