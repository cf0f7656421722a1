"""One failure out of those that tasks side by side ended with."""


def first_of(failure: BaseException) -> BaseException:
    """The failure that came first; the others lie in the group that is its cause."""
    return first_of(failure.exceptions[0]) if isinstance(failure, BaseExceptionGroup) else failure
