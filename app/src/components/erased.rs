//! The changing parts of a view, each kind behind one type.
//!
//! A closure in a view is a type of its own, and for every such type the compiler generates
//! building, rebuilding and both ways of hydrating again, some seven kilobytes. Behind one type
//! they are generated once: this keeps the program small enough to load on a phone's network.

use leptos::prelude::*;

/// A text or an attribute that changes.
pub(crate) fn text_signal(read: impl Fn() -> String + Send + Sync + 'static) -> Signal<String> {
    Signal::derive(read)
}

/// A class, or `hidden`, that is set and unset.
pub(crate) fn bool_signal(read: impl Fn() -> bool + Send + Sync + 'static) -> Signal<bool> {
    Signal::derive(read)
}

/// A part of the page that is replaced by another.
pub(crate) type ErasedView = Box<dyn FnMut() -> AnyView + Send>;

pub(crate) fn erased_view(make: impl FnMut() -> AnyView + Send + 'static) -> ErasedView {
    Box::new(make)
}
