"""Moves dead letters back so that none is lost: sent first, deleted then; at worst one is there twice.

The processor does not mind a message twice, and Lambda invokes asynchronously at least once in any case.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from ops.operate.redriving.destination import Destination
from ops.operate.redriving.holding import HeldLetters
from ops.operate.redriving.letter import Choice, Letter


@dataclass
class Moved:
    """What came of it.

    Attributes:
        seen: The ids of the letters that were looked at.
        chosen: How many of them were meant.
        moved: How many went back.
        new_ids: The ids of those that went back, where they are now.
        returned: How many of them are in the dead-letter queue again already: what is wrong still is.
        refused: Those that cannot go back, and why.
    """

    seen: set[str] = field(default_factory=set)
    chosen: int = 0
    new_ids: set[str] = field(default_factory=set)
    returned: int = 0
    refused: list[tuple[Letter, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Mover:
    """One dead-letter queue and where its letters go.

    Attributes:
        letters: The queue.
        destination: Where they go.
        on_letter: Told of each letter that is moved, or would be.
    """

    letters: HeldLetters
    destination: Destination
    on_letter: Callable[[Letter], None] = lambda _: None

    def move(self, choice: Choice, limit: int | None = None, *, dry_run: bool = False) -> Moved:
        """Move letters back.

        Args:
            choice: Which ones.
            limit: The most to move; None: all that are there. One that comes back meanwhile is left.
            dry_run: Move none.

        Raises:
            OpsError: Some did not arrive; these are in the dead-letter queue as before.
        """
        result = Moved()
        with self.letters:
            for chosen in self._chosen(choice, limit, result):
                for letter in chosen:
                    self.on_letter(letter)
                for arrived in () if dry_run or not chosen else self.destination.send(chosen):
                    result.new_ids |= {new_id for _, new_id in arrived}
                    self.letters.delete(letter for letter, _ in arrived)
        return result

    def _chosen(self, choice: Choice, limit: int | None, result: Moved) -> Iterator[list[Letter]]:
        for batch in self.letters.batches():
            result.seen |= {letter.message_id for letter in batch}
            chosen = []
            for letter in filter(choice.takes, batch):
                if letter.earlier_ids & result.new_ids:
                    result.returned += 1
                elif reason := self.destination.refusal(letter):
                    result.refused.append((letter, reason))
                elif limit is None or result.chosen < limit:
                    result.chosen += 1
                    chosen.append(letter)
            yield chosen
            if result.chosen == limit:
                return
