"""Functions that say where they may be called."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from typing import Any, Generic, ParamSpec, TypeVar

from batchsdk.functions import task
from batchsdk.functions.executor import FunctionExecutor

P = ParamSpec("P")
T = TypeVar("T")


class Function(Generic[P, T]):
    """A function that may be called in jobs. Made by the decorator ``Batch.function``.

    To call it calls it here, as if it were not decorated: in a job, too.
    """

    def __init__(self, function: Callable[P, T], make: Callable[[], FunctionExecutor]) -> None:
        """Take the function, and what makes its executor at the first call in a job."""
        functools.update_wrapper(self, function)
        self.__wrapped__ = function
        self._make = make
        self._making = threading.Lock()
        self._executor: FunctionExecutor | None = None

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> T:
        """Call the function here."""
        return self.__wrapped__(*args, **kwargs)

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Callable[P, T]]]:
        """Pickle the plain function: jobs have no connection, and need none."""
        return task.plain, (self.__wrapped__,)

    @property
    def executor(self) -> FunctionExecutor:
        """The executor of its calls, made when it is first used.

        Raises:
            InvalidSubmissionError, InvalidArgumentError, UsageError, ServiceError: as for
                ``Batch.executor``.
        """
        with self._making:
            if self._executor is None:
                self._executor = self._make()
            return self._executor

    def submit(self, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Call it in a job; see :meth:`FunctionExecutor.submit`."""
        return self.executor.submit(self.__wrapped__, *args, **kwargs)

    def map(
        self, *iterables: Iterable[Any], timeout: float | None = None, chunksize: int = 1
    ) -> Iterator[T]:
        """Call it for each item, in one array of jobs; see :meth:`FunctionExecutor.map`."""
        return self.executor.map(self.__wrapped__, *iterables, timeout=timeout, chunksize=chunksize)


class Decorator:
    """Makes a :class:`Function` of a function."""

    def __init__(self, make: Callable[[], FunctionExecutor]) -> None:
        self._make = make

    def __call__(self, function: Callable[P, T], /) -> Function[P, T]:
        """Return the function, with the ways to call it in jobs."""
        return Function(function, self._make)
