"""The listings of the sample newsroom's sites: the ways to their past, each as its platform offers it."""
