package resolvers

import (
	"context"

	"github.com/99designs/gqlgen/graphql"

	"tandem/graph"
	"tandem/graph/model"
	"tandem/internal/collab"
)

func (r queryResolver) NotificationPreferences(ctx context.Context) (*collab.NotificationPreferences, error) {
	v, err := collab.ViewerFrom(ctx)
	if err != nil {
		return nil, err
	}
	return r.service.NotificationPreferences(ctx, v)
}

func (r queryResolver) NotificationDefaults(ctx context.Context) ([]*collab.ChannelDefault, error) {
	v, err := collab.ViewerFrom(ctx)
	if err != nil {
		return nil, err
	}
	return r.service.NotificationDefaults(ctx, v)
}

func (r mutationResolver) SetNotificationPreferences(ctx context.Context, input model.NotificationPreferencesInput) (collab.Answer, error) {
	v, err := collab.ViewerFrom(ctx)
	if err != nil {
		return nil, err
	}
	quietHours, sets := input.QuietHours.ValueOK()
	return preferencesSaved(r.service.SetNotificationPreferences(ctx, v, collab.PreferencesInput{
		Choices: input.Channels,
		PreferencesPatch: collab.PreferencesPatch{
			SetsQuietHours: sets, QuietHours: quietHours, TimeZone: input.TimeZone, Digest: input.Digest,
		},
	}))
}

func (r mutationResolver) SetNotificationDefaults(ctx context.Context, channels []*collab.ChannelChoice, pushContent *bool) (collab.Answer, error) {
	v, err := collab.ViewerFrom(ctx)
	if err != nil {
		return nil, err
	}
	return preferencesSaved(r.service.SetNotificationDefaults(ctx, v, collab.DefaultsInput{
		Choices:       channels,
		DefaultsPatch: collab.DefaultsPatch{SetsPushContent: isGiven(ctx, "pushContent"), PushContent: pushContent},
	}))
}

// isGiven reports whether the request has an argument of the current field, even if it is null. Generated code passes nil for
// both.
func isGiven(ctx context.Context, argument string) bool {
	_, given := graphql.GetFieldContext(ctx).Field.ArgumentMap(graphql.GetOperationContext(ctx).Variables)[argument]
	return given
}

// preferencesSaved returns preferences, or a problem, as an answer.
func preferencesSaved(saved *collab.NotificationPreferences, err error) (collab.Answer, error) {
	if err != nil {
		return answer[collab.Answer](nil, err)
	}
	return &model.NotificationPreferencesSaved{Preferences: saved}, nil
}

func (r mutationResolver) Mute(ctx context.Context, entityID collab.ID, until *collab.Time) (bool, error) {
	v, err := collab.ViewerFrom(ctx)
	if err != nil {
		return false, err
	}
	return r.service.Mute(ctx, v, entityID, until)
}

func (r mutationResolver) Unmute(ctx context.Context, entityID collab.ID) (bool, error) {
	v, err := collab.ViewerFrom(ctx)
	if err != nil {
		return false, err
	}
	return r.service.Unmute(ctx, v, entityID)
}

type notificationPreferencesResolver struct{ *Resolver }

// NotificationPreferences returns the resolvers of a person's preferences.
func (r *Resolver) NotificationPreferences() graph.NotificationPreferencesResolver {
	return notificationPreferencesResolver{r}
}

func (r notificationPreferencesResolver) AvailableChannels(ctx context.Context, p *collab.NotificationPreferences) ([]collab.NotificationChannel, error) {
	v, err := collab.ViewerFrom(ctx)
	if err != nil {
		return nil, err
	}
	return r.service.AvailableChannels(v, p), nil
}

func (r notificationPreferencesResolver) RefusedEmail(ctx context.Context, p *collab.NotificationPreferences) (*string, error) {
	v, err := collab.ViewerFrom(ctx)
	if err != nil || !p.IsRefused(v.User) {
		return nil, err
	}
	return v.User.Email, nil
}

func (r notificationPreferencesResolver) Muted(ctx context.Context, p *collab.NotificationPreferences) ([]collab.Entity, error) {
	mutes, err := r.Mutes(ctx, p)
	entities := make([]collab.Entity, len(mutes))
	for i, mute := range mutes {
		entities[i] = mute.Entity
	}
	return entities, err
}

func (r notificationPreferencesResolver) Mutes(ctx context.Context, _ *collab.NotificationPreferences) ([]*collab.MutedEntity, error) {
	v, err := collab.ViewerFrom(ctx)
	if err != nil {
		return nil, err
	}
	return r.service.MutedEntities(ctx, v)
}

func (r notificationPreferencesResolver) PushContent(ctx context.Context, _ *collab.NotificationPreferences) (*collab.PushContentDefault, error) {
	v, err := collab.ViewerFrom(ctx)
	if err != nil {
		return nil, err
	}
	return r.service.PushContentDefault(ctx, v)
}
