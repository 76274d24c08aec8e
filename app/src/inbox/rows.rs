//! Values by id, each behind its own signal; one more signal holds their order.
//!
//! `reactive_stores` was considered: writing one element of its keyed lists notifies every element,
//! and a list of a thousand chats moves one row per message.

use std::collections::HashMap;
use std::hash::Hash;

use leptos::prelude::*;

/// A value in [`Rows`].
pub(crate) trait Row: Clone + PartialEq + Send + Sync + 'static {
    type Key: Clone + Eq + Hash + Send + Sync + 'static;
    /// Rows are sorted in ascending order of this. No two rows have the same.
    type Rank: Ord;

    fn key(&self) -> Self::Key;
    fn rank(&self) -> Self::Rank;
}

/// The values, their signals and their order.
pub(crate) struct Rows<T: Row> {
    /// The keys in order, for `<For>`.
    pub(crate) order: RwSignal<Vec<T::Key>>,
    cells: StoredValue<HashMap<T::Key, ArcRwSignal<T>>>,
}

impl<T: Row> Clone for Rows<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Row> Copy for Rows<T> {}

impl<T: Row> Rows<T> {
    pub(crate) fn new() -> Self {
        Self { order: RwSignal::new(Vec::new()), cells: StoredValue::new(HashMap::new()) }
    }

    /// The signal of one value.
    pub(crate) fn cell(self, key: &T::Key) -> Option<ArcRwSignal<T>> {
        self.cells.try_with_value(|cells| cells.get(key).cloned()).flatten()
    }

    pub(crate) fn get_untracked(self, key: &T::Key) -> Option<T> {
        self.cell(key).map(|cell| cell.get_untracked())
    }

    /// The first value in order.
    pub(crate) fn first(self) -> Option<T> {
        self.order
            .with_untracked(|order| order.first().cloned())
            .and_then(|key| self.get_untracked(&key))
    }

    /// The last value in order.
    pub(crate) fn last(self) -> Option<T> {
        self.order
            .with_untracked(|order| order.last().cloned())
            .and_then(|key| self.get_untracked(&key))
    }

    /// Adds a value, or changes it and moves it to its place.
    pub(crate) fn put(self, value: T) {
        let key = value.key();
        let Some(cell) = self.cell(&key) else {
            self.insert(vec![value]);
            return;
        };
        let before = cell.get_untracked();
        if before == value {
            return;
        }
        let moved = before.rank() != value.rank();
        cell.set(value);
        if moved {
            self.order.update(|order| {
                order.retain(|other| *other != key);
                self.place(order, key);
            });
        }
    }

    /// Adds the values that are missing. A present value came as an event, which is at least as new
    /// as the response to an earlier request.
    pub(crate) fn fill(self, values: Vec<T>) {
        let fresh = values.into_iter().filter(|value| self.cell(&value.key()).is_none()).collect();
        self.insert(fresh);
    }

    /// Replaces everything with `values`.
    pub(crate) fn replace(self, values: Vec<T>) {
        let keep: Vec<_> = values.iter().map(Row::key).collect();
        self.cells.update_value(|cells| cells.retain(|key, _| keep.contains(key)));
        self.order.update(|order| order.retain(|key| keep.contains(key)));
        for value in values {
            self.put(value);
        }
    }

    pub(crate) fn remove(self, key: &T::Key) {
        if self.cells.try_update_value(|cells| cells.remove(key)).flatten().is_some() {
            self.order.update(|order| order.retain(|other| other != key));
        }
    }

    /// The values for which `matches` is true, in order.
    pub(crate) fn matching(self, matches: impl Fn(&T) -> bool) -> Vec<T> {
        let order = self.order.get_untracked();
        order.iter().filter_map(|key| self.get_untracked(key)).filter(matches).collect()
    }

    fn insert(self, values: Vec<T>) {
        if values.is_empty() {
            return;
        }
        let keys: Vec<_> = values.iter().map(Row::key).collect();
        self.cells.update_value(|cells| {
            cells.extend(values.into_iter().map(|value| (value.key(), ArcRwSignal::new(value))));
        });
        self.order.update(|order| {
            for key in keys {
                self.place(order, key);
            }
        });
    }

    fn place(self, order: &mut Vec<T::Key>, key: T::Key) {
        self.cells.with_value(|cells| {
            let rank = |key: &T::Key| cells.get(key).map(|cell| cell.read_untracked().rank());
            let own = rank(&key);
            let at = order.partition_point(|other| rank(other) < own);
            order.insert(at, key);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Clone, PartialEq)]
    struct Item(u8, u32);

    impl Row for Item {
        type Key = u8;
        type Rank = u32;

        fn key(&self) -> u8 {
            self.0
        }

        fn rank(&self) -> u32 {
            self.1
        }
    }

    fn rows(items: &[(u8, u32)]) -> Rows<Item> {
        let rows = Rows::new();
        rows.fill(items.iter().map(|(key, rank)| Item(*key, *rank)).collect());
        rows
    }

    #[test]
    fn a_value_moves_when_its_rank_does() {
        Owner::new().with(|| {
            let rows = rows(&[(1, 10), (2, 20), (3, 30)]);
            rows.put(Item(3, 5));
            assert_eq!(rows.order.get_untracked(), [3, 1, 2]);
            rows.put(Item(4, 15));
            assert_eq!(rows.order.get_untracked(), [3, 1, 4, 2]);
        });
    }

    #[test]
    fn putting_the_same_twice_changes_nothing() {
        Owner::new().with(|| {
            let rows = rows(&[(1, 10)]);
            rows.put(Item(1, 10));
            assert_eq!(rows.order.get_untracked(), [1]);
        });
    }

    #[test]
    fn an_answer_does_not_undo_an_event() {
        Owner::new().with(|| {
            let rows = rows(&[(1, 10)]);
            rows.fill(vec![Item(1, 99), Item(2, 20)]);
            assert_eq!(rows.get_untracked(&1), Some(Item(1, 10)));
            assert_eq!(rows.order.get_untracked(), [1, 2]);
        });
    }

    #[test]
    fn replacing_keeps_the_signals_of_those_that_stay() {
        Owner::new().with(|| {
            let rows = rows(&[(1, 10), (2, 20)]);
            let cell = rows.cell(&2).unwrap();
            rows.replace(vec![Item(2, 5), Item(3, 1)]);
            assert_eq!(rows.order.get_untracked(), [3, 2]);
            assert_eq!(cell.get_untracked(), Item(2, 5));
        });
    }
}
