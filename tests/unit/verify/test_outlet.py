"""What an outlet is called in a sentence."""

from __future__ import annotations

import pytest

from aggregator.verify.origins import outlet_name


@pytest.mark.parametrize(
    ("source", "url", "name"),
    [
        pytest.param(
            "AI (artificial intelligence) | The Guardian",
            "https://www.theguardian.com/technology/1",
            "The Guardian",
            id="behind a subject",
        ),
        pytest.param("arXiv cs.CL", "https://arxiv.org/abs/2601.1", "arXiv", id="a section"),
        pytest.param("Halden News", "https://halden.example/1", "Halden", id="a channel"),
        pytest.param("The Daily: Tech", "https://thedaily.co.uk/1", "The Daily", id="a colon"),
        pytest.param("Latent.Space - All", "https://latent.space/p", "Latent.Space", id="a domain"),
        pytest.param("r/LocalLLaMA", "https://reddit.com/r/1", "r/LocalLLaMA", id="no such words"),
        pytest.param(
            "Oslo Bakers Review",
            "https://bakersreview.example/1",
            "Oslo Bakers Review",
            id="a part",
        ),
        pytest.param("The Daily", "https://daily.example/1", "The Daily", id="the article"),
        pytest.param("The Daily", "https://thedaily.example/1", "The Daily", id="the whole"),
        pytest.param("The Daily", "", "The Daily", id="no address"),
    ],
)
def test_an_outlet_is_called_as_its_domain_is(source: str, url: str, name: str) -> None:
    assert outlet_name(source, url) == name
