//! The changing parts of a view, each kind behind one type.
//!
//! A closure in a view is a type of its own, and for every such type the compiler writes building,
//! rebuilding and both ways of hydrating once more, some seven kilobytes. Behind one type they are
//! written once: this is what keeps the program small enough to load on a phone's network.

use leptos::prelude::*;

/// A text or an attribute that changes.
pub(crate) fn text(read: impl Fn() -> String + Send + Sync + 'static) -> Signal<String> {
    Signal::derive(read)
}

/// A class, or `hidden`, that comes and goes.
pub(crate) fn flag(read: impl Fn() -> bool + Send + Sync + 'static) -> Signal<bool> {
    Signal::derive(read)
}

/// A piece of the page that is exchanged for another.
pub(crate) type Part = Box<dyn FnMut() -> AnyView + Send>;

pub(crate) fn part(make: impl FnMut() -> AnyView + Send + 'static) -> Part {
    Box::new(make)
}
