"""How long a day at the bench will take: hands, slots, hubs and tablets simulated, from measured figures."""
