use leptos::html::custom;
use leptos::prelude::*;

/// An attribute with its value, or `None` if the element does not have it now.
pub(crate) type Attribute<'a> = (&'static str, Option<&'a str>);

/// An element of any name. The name is in capitals as browsers report it: with another spelling the
/// element would be rebuilt every time.
///
/// In a view every kind of element with its attributes is a type of its own, some kilobytes in the
/// browser. All elements made here share one type.
pub(crate) fn element(name: &'static str, attributes: &[Attribute<'_>], child: AnyView) -> AnyView {
    debug_assert!(attributes.len() <= 7, "there is room for seven");
    let nth = |nth: usize| match attributes.get(nth) {
        Some((name, value)) => (*name, value.map(str::to_owned)),
        None => ("", None),
    };
    let [a, b, c, d, e, f, g] = std::array::from_fn(nth);
    custom(name)
        .attr(a.0, a.1)
        .attr(b.0, b.1)
        .attr(c.0, c.1)
        .attr(d.0, d.1)
        .attr(e.0, e.1)
        .attr(f.0, f.1)
        .attr(g.0, g.1)
        .child(child)
        .into_any()
}
