use leptos::prelude::*;
use model::{Piece, Style};

use super::element::element;

/// A text with its formatting and links. Texts come from strangers: elements are created here, and
/// no part of a text is ever parsed as HTML.
pub(crate) fn rich(pieces: Vec<Piece>) -> AnyView {
    pieces.into_iter().map(piece).collect::<Vec<_>>().into_any()
}

fn piece(Piece { style, text, within }: Piece) -> AnyView {
    let link = [
        ("href", Some(&*text)),
        ("target", Some("_blank")),
        ("rel", Some("noopener noreferrer nofollow")),
    ];
    let attributes: &[_] = match style {
        Style::Words => return text.into_any(),
        // It has no content: not even the mark that an empty list of pieces leaves.
        Style::Picture => return view! { <img src=text alt="" /> }.into_any(),
        Style::Link => &link,
        // A block with lines of its own has its own direction.
        Style::Count => &[("aria-live", Some("off"))],
        Style::Quote | Style::Item | Style::Preview | Style::Mention | Style::OwnMention => {
            &[("dir", Some("auto"))]
        }
        _ => &[],
    };
    element(style.element(), attributes, rich(within))
}
