# The doors for a person; each is a line over .ci/, and sets up what it needs. Arguments go through ARGS: make test ARGS="-k units".
.DEFAULT_GOAL := help
.PHONY: help demo test check serve bench lock docs wheel same

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile

demo:  ## grade and merge the example file, show where the results are and one explained verdict
	@.ci/demo

test:  ## all tests
	@.ci/test $(ARGS)

check:  ## formatting, lint, types, import contracts, container files
	@.ci/check

serve:  ## the HTTP service on this machine
	@.ci/serve $(ARGS)

bench:  ## accuracy, peers, speed, work to time (compiles first, 2 to 5 minutes; PURE=1 does not); ARGS="speed FILE" for one of them
	@.ci/bench $(ARGS)

wheel:  ## the wheel with the compiled engine, into dist/ (2 to 5 minutes)
	@.ci/wheel

same:  ## compile the engine, and prove that it gives the verdicts of the pure one
	@.ci/same

lock:  ## remake requirements/*.txt; ARGS=--upgrade takes the newest versions
	@.ci/lock $(ARGS)

docs:  ## remake the generated pages of docs/reference
	@.ci/docs $(ARGS)
