"""A local Messages API over real sockets: what the judge's tests, trials and benchmarks talk to instead of a paid one.

``with FakeAPI(opinion="same") as api:`` starts one in a process of its own, which ends with the block or with its
parent. ``python -m fakeapi --help`` starts one by hand.

Options, of the constructor, of the command line, and (but for those of the server) of ``api.script(...)``:

| option | says |
|---|---|
| ``opinion`` | what is answered by default: an action of the table below |
| ``rules`` | ``[{"contains": text, "then": [action, …], "forever": bool}]``, see below |
| ``latency`` | seconds before a reply |
| ``batch_seconds`` | how long a batch takes; ``hold_batches`` keeps all from ending |
| ``rpm``, ``most_at_once`` | limits, answered with 429: requests a minute, requests at the same time |
| ``burst`` | how many of a minute's requests may come at once; all, if not said |
| ``keys``, ``models`` | of the server: what is accepted |
| ``schema``, ``batches``, ``model_list`` | of the server: whether it has structured output, Batches, models |

A rule says what is done to successive requests whose content holds a text; an empty one stands in all. Behind the end
of its list the next rule is asked, then the default; ``forever`` repeats the last action. The text ``POST /batches``
names the making of a batch, ``GET /batch`` a look at one, ``GET /results`` its results: an error, or ``cut``.

| action | does |
|---|---|
| ``ok`` | what the default is |
| ``same``, ``different``, ``cannot_tell`` | that verdict, quoting the whole answer |
| ``exact`` | same or different, by whether the two texts are equal |
| ``429``, ``429:retry-after=1``, ``500``, ``529``, ``400``, … | that error |
| ``slow``, ``slow:0.2`` | waits 600 s, or so long, before an honest reply |
| ``cut``, ``cut:body`` | closes the connection instead of a reply, or in the midst of it |
| ``refusal``, ``truncated``, ``too_long`` | that stop reason |
| ``not_json``, ``off_schema``, ``wrong_quote``, ``html``, ``empty`` | a reply that is no use |
| ``prose``, ``fence``, ``thinking`` | an honest one, in prose, in a fence, or behind a block of thinking |
| ``errored``, ``expired``, ``canceled`` | of a batch: that result; of a live call: 500 |
| ``unreadable``, ``broken`` | of a batch: a paid result that is none, or a line that is no JSON |
| an object | a verdict with these fields; ``{"text": …}``: that text |
"""

from __future__ import annotations

from fakeapi.client import FakeAPI

__all__ = ["FakeAPI"]
