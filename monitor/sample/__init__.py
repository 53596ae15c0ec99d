"""The sample mail host: a shop, SMTP and IMAP on loopback that a newcomer may break and repair."""

from monitor.sample.child import running
from monitor.sample.leash import leash
from monitor.sample.parts import Part, Ports, Standing
from monitor.sample.remote import Sample, SampleError
from monitor.sample.serve import serve

__all__ = ["Part", "Ports", "Sample", "SampleError", "Standing", "leash", "running", "serve"]
