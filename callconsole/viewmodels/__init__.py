"""The state that a view shows: QObjects and signals, no widgets."""
